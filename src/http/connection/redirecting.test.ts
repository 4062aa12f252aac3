import { describe, expect, it } from "vitest";
import { authority } from "../../../test/support/certificates.ts";
import { serving, servingTls } from "../../../test/support/servers.ts";
import { bodyOf, readBody } from "../../wire/body.ts";
import type { Credentials } from "../credentials/credentials.ts";
import { connection } from "./connection.ts";
import { redirecting } from "./redirecting.ts";

const alice: Credentials = { kind: "password", username: "alice", password: "secret" };
const credentials = async () => alice;
const get = (path: string, method = "GET") => ({ method, path, headers: { cookie: "c=1" } });

/** Another host, with what it was sent. */
async function elsewhere() {
  const seen: { readonly method: string | undefined; readonly secrets: string | undefined }[] = [];
  const origin = await serving((request, response) => {
    const { authorization, cookie } = request.headers;
    seen.push({ method: request.method, secrets: authorization ?? cookie });
    request.resume();
    response.end("the blob");
  });
  return { origin, seen };
}

/** A registry that wants a password, and sends `/v2/a/blobs/…` to where it is told. */
async function sending(location: () => string, status = 307) {
  let requests = 0;
  const origin = await serving((request, response) => {
    requests++;
    if (request.headers.authorization === undefined)
      return void response.writeHead(401, { "www-authenticate": "Basic" }).end();
    if (request.url === "/v2/here") return void response.end("here");
    response.writeHead(status, { location: location() }).end("moved");
  });
  return { origin, requests: () => requests };
}

async function textOf(origin: URL, path: string): Promise<string> {
  const answer = await connection(origin, { credentials })(get(path));
  return Buffer.from(await readBody(answer, 1000)).toString();
}

describe("redirecting()", () => {
  it.each([301, 302, 303, 307, 308])(
    "follows a read to another host on %d, without password and cookie",
    async (status) => {
      const other = await elsewhere();
      const { origin } = await sending(() => `${other.origin.href}blob?sig=1`, status);
      expect(await textOf(origin, "/v2/a/blobs/x")).toBe("the blob");
      expect(other.seen).toEqual([{ method: "GET", secrets: undefined }]);
    },
  );

  it.each(["/v2/here", "here", "absolute"])(
    "keeps the password on the way to the same server, said as %s",
    async (said) => {
      const { origin } = await sending(() => (said === "absolute" ? `${origin.href}v2/here` : said));
      expect(await textOf(origin, "/v2/x")).toBe("here");
    },
  );

  it("never sends a password to a host that asks for one after a redirect", async () => {
    const seen: unknown[] = [];
    const trap = await serving((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
    });
    const { origin } = await sending(() => trap.href);
    expect((await connection(origin, { credentials })(get("/v2/a/blobs/x"))).status).toBe(401);
    expect(seen).toEqual([undefined]);
  });

  it("stops where redirects go round", async () => {
    const { origin, requests } = await sending(() => "/v2/a/blobs/x");
    await expect(textOf(origin, "/v2/a/blobs/x")).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    expect(requests()).toBeLessThan(10);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://0.0.0.0:1/",
    "http://[::]:1/",
    "http://metadata.google.internal/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "http://",
  ])("refuses to go to %s", async (location) => {
    const { origin } = await sending(() => location);
    await expect(textOf(origin, "/v2/a/blobs/x")).rejects.toMatchObject({
      code: "ANSWER_INVALID",
      next: expect.any(String),
    });
  });

  it("follows no redirect of a change", async () => {
    const other = await elsewhere();
    const { origin } = await sending(() => other.origin.href);
    for (const method of ["DELETE", "PUT", "POST"]) {
      expect((await connection(origin, { credentials })(get("/v2/a/manifests/x", method))).status).toBe(307);
    }
    expect(other.seen).toEqual([]);
  });

  it.each(["PATCH", "PUT"])(
    "goes with a %s to the place on another host that an upload names, without the password",
    async (method) => {
      const other = await elsewhere();
      const { origin } = await sending(() => "");
      const answer = await connection(origin, { credentials })({
        ...get(`${other.origin.href}upload/1`, method),
        body: new Uint8Array(3),
      });
      expect(answer.status).toBe(200);
      expect(other.seen).toEqual([{ method, secrets: undefined }]);
    },
  );

  it.each(["http://", "ftp://127.0.0.1/", "http://169.254.169.254/upload"])(
    "refuses to upload to %s",
    async (place) => {
      const { origin } = await sending(() => "");
      const upload = connection(origin, { credentials })({ ...get(place, "PATCH"), body: new Uint8Array(3) });
      await expect(upload).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    },
  );

  it("takes a path that looks like another host for a path on the registry", async () => {
    const paths: (string | undefined)[] = [];
    const origin = await serving((request, response) => {
      paths.push(request.url);
      response.end();
    });
    await connection(origin)(get("//evil.example/v2/a/tags/list"));
    expect(paths).toEqual(["/v2/", "//evil.example/v2/a/tags/list"]);
  });

  it("refuses to go from https to http on another host, and stays on https on the same", async () => {
    const root = await authority();
    const plain = await elsewhere();
    let location = "";
    const origin = await servingTls(await root.certify("registry"), (request, response) => {
      if (request.url === "/v2/here") return void response.end("here");
      response.writeHead(307, { location }).end();
    });
    const send = connection(origin, { tls: { insecure: true } });
    location = `http://localhost:${plain.origin.port}/`;
    await expect(send(get("/v2/x"))).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    await expect(send(get(location, "PUT"))).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    // a registry behind a proxy that ends TLS names itself with http
    location = "http://127.0.0.1/v2/here";
    expect(Buffer.from(await readBody(await send(get("/v2/x")), 100)).toString()).toBe("here");
    // another service on the same machine is not the registry
    location = `http://127.0.0.1:${plain.origin.port}/v2/here`;
    await expect(send(get("/v2/x"))).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    expect(plain.seen).toEqual([]);
  });

  it("refuses to go to http from a host that it was sent to by https", async () => {
    const seen: string[] = [];
    const moved =
      (to: string) =>
      async ({ path }: { readonly path: string }) => {
        seen.push(path);
        return { status: 307, headers: { location: to }, body: bodyOf() };
      };
    const dial = (origin: URL) => moved(origin.protocol === "https:" ? "http://c.example/z" : "https://b.example/y");
    const send = redirecting(moved("https://b.example/x"), { origin: new URL("http://a.example/"), dial });
    await expect(send(get("/v2/x"))).rejects.toThrow("it sends us to c.example without TLS");
    expect(seen).toEqual(["/v2/x", "/x"]);
  });
});
