import { expect, it } from "vitest";
import { intercept } from "../../decorators/intercept.ts";
import { memoryRegistry } from "../../memory/memory.ts";
import { digestOf } from "../../registry/digest.ts";
import { mediaTypes } from "../../registry/image.ts";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import { putBlob } from "../../registry/uploads.ts";
import { readBody } from "../../wire/body.ts";
import type { Headers, Response, Transport } from "../../wire/transport.ts";
import { registryHandler } from "./handler.ts";

const app = parseRepositoryName("team/app");
const text = "0123456789";
const digest = digestOf(bytesOf(text));
const index = bytesOf(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));

async function filled(): Promise<Transport> {
  const registry = memoryRegistry();
  await putBlob(registry, app, bytesOf(text));
  for (const tag of ["a", "b", "c"]) {
    await registry.putManifest(app, parseTag(tag), { mediaType: mediaTypes.ociIndex, bytes: index });
  }
  return registryHandler(registry);
}

it.each([
  ["GET", "/v2/", 200],
  ["GET", "/v2", 200],
  ["POST", "/v2/", 405],
  ["GET", "/", 404],
  ["GET", "/v1/team/app/manifests/a", 404],
  ["GET", "//", 404],
  ["GET", "/v2/team/app/what/a", 404],
  ["GET", "/v2/TEAM/app/manifests/a", 400],
  ["GET", "/v2/../../etc/passwd", 404],
  ["GET", "/v2/%2e%2e/%2e%2e/blobs/passwd", 404],
  ["GET", "/v2/team%2f..%2fapp/manifests/a", 400],
  ["GET", "/v2/team/app/manifests/..%2f..%2fa", 404],
  ["GET", "/v2/team/app/manifests/sha256:123", 400],
  ["GET", `/v2/team/app/blobs/sha256:..%2f..%2f${"a".repeat(58)}`, 404],
  ["GET", "/v2/team/app/blobs/uploads/..%2f..%2fetc", 404],
  ["GET", "/v2/team/app/tags/list?n=many", 400],
  ["PATCH", "/v2/team/app/manifests/a", 405],
  ["DELETE", "/v2/team/app/tags/list", 405],
])("%s %s answers %d", async (method, path, status) => {
  const transport = await filled();
  const answer = await transport({ method, path, headers: {} });
  expect(answer.status).toBe(status);
  expect(answer.headers["docker-distribution-api-version"]).toBe("registry/2.0");
  expect(answer.headers["content-length"]).toBe(String((await readBody(answer, 10_000)).length));
});

it("answers a HEAD with the headers of the GET and no body", async () => {
  const transport = await filled();
  for (const path of ["/v2/team/app/manifests/a", `/v2/team/app/blobs/${digest}`, "/v2/team/app/manifests/none"]) {
    const [head, get] = [await ask(transport, "HEAD", path), await ask(transport, "GET", path)];
    expect({ status: head.status, ...lengthAndDigest(head) }).toEqual({ status: get.status, ...lengthAndDigest(get) });
    expect(head.body).toBe("");
  }
});

it("says in the specification's words what went wrong", async () => {
  const { status, headers, body } = await ask(await filled(), "GET", "/v2/team/app/manifests/none");
  expect({ status, type: headers["content-type"] }).toEqual({ status: 404, type: "application/json" });
  expect(JSON.parse(body).errors).toMatchObject([{ code: "MANIFEST_UNKNOWN" }]);
});

it("keeps its own faults to itself and tells who runs it", async () => {
  const faults: unknown[] = [];
  const broken = { ...memoryRegistry(), listTags: () => Promise.reject(new Error("the secret path /srv/x")) };
  const transport = registryHandler(broken, { onFault: (error) => faults.push(error) });
  const { status, body } = await ask(transport, "GET", "/v2/team/app/tags/list");
  expect(status).toBe(500);
  expect(body).not.toContain("secret");
  expect(faults.map(String)).toEqual(["Error: the secret path /srv/x"]);
});

it("pages tags by n and last, and ends without a Link", async () => {
  const transport = await filled();
  const first = await ask(transport, "GET", "/v2/team/app/tags/list?n=2");
  expect(JSON.parse(first.body)).toEqual({ name: "team/app", tags: ["a", "b"] });
  expect(first.headers.link).toBe('</v2/team/app/tags/list?last=b&n=2>; rel="next"');
  const second = await ask(transport, "GET", "/v2/team/app/tags/list?last=b&n=2");
  expect(JSON.parse(second.body).tags).toEqual(["c"]);
  expect(second.headers.link).toBeUndefined();
  expect(JSON.parse((await ask(transport, "GET", "/v2/team/app/tags/list?n=0")).body).tags).toEqual([]);
});

it("never takes a page's beginning from outside for a cursor of its own", async () => {
  const asked: unknown[] = [];
  const registry = {
    ...memoryRegistry(),
    listTags: async (_repository: unknown, page: unknown) => {
      asked.push(page);
      return { items: [] };
    },
  };
  await ask(registryHandler(registry), "GET", "/v2/team/app/tags/list?last=http%3A%2F%2Fevil.example%2F");
  expect(asked).toEqual([{ after: "http://evil.example/" }]);
});

it.each([
  ["bytes=2-4", 206, "234", "bytes 2-4/10"],
  ["bytes=7-", 206, "789", "bytes 7-9/10"],
  ["bytes=-3", 206, "789", "bytes 7-9/10"],
  ["bytes=-99", 206, text, "bytes 0-9/10"],
  ["bytes=8-99", 206, "89", "bytes 8-9/10"],
  ["bytes=0-1,3-4", 200, text, undefined],
  ["nonsense", 200, text, undefined],
])("answers the range %s of a blob with %d", async (range, status, body, contentRange) => {
  const answer = await ask(await filled(), "GET", `/v2/team/app/blobs/${digest}`, { range });
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
  expect(answer.headers["content-range"]).toBe(contentRange);
  expect(answer.headers["content-length"]).toBe(String(body.length));
});

it.each(["bytes=10-", "bytes=5-2"])("refuses the range %s", async (range) => {
  const answer = await ask(await filled(), "GET", `/v2/team/app/blobs/${digest}`, { range });
  expect({ status: answer.status, range: answer.headers["content-range"] }).toEqual({
    status: 416,
    range: "bytes */10",
  });
});

it("answers 304 to who has the manifest already", async () => {
  const transport = await filled();
  const { headers } = await ask(transport, "HEAD", "/v2/team/app/manifests/a");
  const again = await ask(transport, "GET", "/v2/team/app/manifests/a", { "if-none-match": String(headers.etag) });
  expect({ status: again.status, body: again.body }).toEqual({ status: 304, body: "" });
});

it("refuses a manifest above four mebibytes, told or not", async () => {
  const transport = await filled();
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield new Uint8Array(1024 * 1024);
  }
  const put = { method: "PUT", path: "/v2/team/app/manifests/large" };
  const answers = [
    await transport({ ...put, headers: { "content-length": String(5 * 1024 * 1024) }, body: new Uint8Array() }),
    await transport({ ...put, headers: {}, body: new Uint8Array(5 * 1024 * 1024) }),
    await transport({ ...put, headers: {}, body: endless() }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([413, 413, 413]);
});

it.each(["a/b\r\nc: d", "a\u0000/b", "no type"])(
  "refuses a manifest of the type %j, which no header could tell",
  async (mediaType) => {
    const body = bytesOf(JSON.stringify({ schemaVersion: 2, mediaType, layers: [] }));
    const put = {
      method: "PUT",
      path: "/v2/team/app/manifests/odd",
      headers: { "content-type": "application/json" },
      body,
    };
    expect((await registryHandler(memoryRegistry())(put)).status).toBe(400);
  },
);

it("says OCI-Subject only where the registry lists referrers", async () => {
  const subject = { mediaType: mediaTypes.ociIndex, digest: digestOf(index), size: index.length };
  const body = bytesOf(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], subject }));
  const without = { ...memoryRegistry(), listReferrers: memoryWithoutReferrers };
  for (const [registry, said] of [
    [memoryRegistry(), subject.digest],
    [without, undefined],
  ] as const) {
    const put = { method: "PUT", path: "/v2/team/app/manifests/a", headers: {}, body };
    expect((await registryHandler(registry)(put)).headers["oci-subject"]).toBe(said);
  }
});

it("asks for referrers once, not at each push", async () => {
  const subject = { mediaType: mediaTypes.ociIndex, digest: digestOf(index), size: index.length };
  let asked = 0;
  const registry = intercept(memoryRegistry(), (call, proceed) => {
    if (call.method === "listReferrers") asked++;
    return proceed();
  });
  const handle = registryHandler(registry);
  for (const name of ["a", "b", "c"]) {
    const content = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], annotations: { name }, subject };
    const put = {
      method: "PUT",
      path: `/v2/team/app/manifests/${name}`,
      headers: {},
      body: bytesOf(JSON.stringify(content)),
    };
    expect((await handle(put)).headers["oci-subject"]).toBe(subject.digest);
  }
  expect(asked).toBe(1);
});

async function memoryWithoutReferrers(): Promise<never> {
  const { RegistryError } = await import("../../registry/errors.ts");
  throw new RegistryError("UNSUPPORTED", "no such API");
}

async function ask(transport: Transport, method: string, path: string, headers: Headers = {}): Promise<Told> {
  const answer = await transport({ method, path, headers });
  return { ...answer, body: new TextDecoder().decode(await readBody(answer, 100_000)) };
}

type Told = Omit<Response, "body"> & { readonly body: string };

function lengthAndDigest({ headers }: Pick<Response, "headers">): object {
  return { length: headers["content-length"], digest: headers["docker-content-digest"], type: headers["content-type"] };
}

function bytesOf(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

it("takes a mount from where no repository can be for an upload", async () => {
  const send = await filled();
  const path = `/v2/team/app/blobs/uploads/?mount=${digest}&from=UPPER`;
  const { status, headers } = await send({ method: "POST", path, headers: {} });
  expect([status, headers.location]).toEqual([202, expect.stringContaining("/blobs/uploads/")]);
});
