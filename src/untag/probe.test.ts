import { describe, expect, it } from "vitest";
import { httpRegistry } from "../http/client/client.ts";
import { RegistryError } from "../registry/errors.ts";
import { parseDigest, parseRepositoryName, parseTag } from "../registry/names.ts";
import { bodyOf } from "../wire/body.ts";
import type { Response, Transport } from "../wire/transport.ts";
import type { RegistryKind } from "./fingerprint.ts";
import type { StrategyName } from "./outcome.ts";
import { type Capability, probe } from "./probe.ts";

const repository = parseRepositoryName("team/app");
const nowhere = { tag: parseTag("tagwise-nowhere-0"), digest: parseDigest(`sha256:${"0".repeat(64)}`) };

/**
 * Answers as `STATUS CODE`; a status alone is a router's or a proxy's. D2 and D3 are what the distributions say of a
 * tag.
 */
const table = `
server                                    | kind        | wanted | by tag               | by reference         | by digest            | ends                    | asks                 | is
distribution 2, deletion on               | unknown     |        | D2                   |                      | 404 MANIFEST_UNKNOWN | allowed decoy exact     | tag digest           | distribution2
distribution 2, deletion off              | unknown     |        | 405 UNSUPPORTED      | 404                  | 405 UNSUPPORTED      | disabled UNSUPPORTED    | tag reference digest | unknown
distribution 2, read-only                 | unknown     |        | 405                  | 405                  | 405                  | disabled UNSUPPORTED    | tag reference digest | unknown
distribution 2, no right to delete        | unknown     |        | 403 DENIED           |                      | 403 DENIED           | denied DENIED           | tag                  | unknown
distribution 2, no password               | unknown     |        | 401 UNAUTHORIZED     |                      | 401 UNAUTHORIZED     | denied UNAUTHORIZED     | tag                  | unknown
distribution 3                            | unknown     |        | D3                   |                      | 404 MANIFEST_UNKNOWN | allowed native exact    | tag                  | distribution3
distribution 3 that says 202 to all       | unknown     |        | 202                  |                      | 405 UNSUPPORTED      | allowed native          | tag                  | unknown
GitLab                                    | gitlab      |        | 404 MANIFEST_UNKNOWN |                      | 404 MANIFEST_UNKNOWN | allowed native          | tag                  | gitlab
GitLab of old                             | gitlab      |        | D2                   | 404 MANIFEST_UNKNOWN | 404 MANIFEST_UNKNOWN | allowed gitlab          | tag reference        | gitlab
GitLab, deletion off                      | gitlab      |        | 405 UNSUPPORTED      | 405 UNSUPPORTED      | 405 UNSUPPORTED      | disabled UNSUPPORTED    | tag reference digest | gitlab
GitLab, a protected tag                   | gitlab      |        | D2                   | 403 DENIED           | 404 MANIFEST_UNKNOWN | denied DENIED           | tag reference        | gitlab
zot                                       | unknown     |        | 404 MANIFEST_UNKNOWN |                      | 404 MANIFEST_UNKNOWN | allowed native          | tag                  | unknown
Harbor                                    | harbor      |        | 400 UNSUPPORTED      |                      | 404 NOT_FOUND        | allowed decoy           | tag digest           | harbor
Harbor, an immutable tag                  | harbor      |        | 412 PRECONDITION     |                      | 404 NOT_FOUND        | denied LOCKED           | tag                  | harbor
Quay                                      | quay        |        | 404 MANIFEST_UNKNOWN |                      | 404 MANIFEST_UNKNOWN | allowed native          | tag                  | quay
Quay, an immutable tag                    | quay        |        | 409 TAG_IMMUTABLE    |                      | 404 MANIFEST_UNKNOWN | denied LOCKED           | tag                  | quay
Quay, read-only                           | quay        |        | 405 DENIED           |                      | 405 DENIED           | disabled UNSUPPORTED    | tag digest           | quay
a locked repository                       | unknown     |        | 423 LOCKED           |                      | 404 MANIFEST_UNKNOWN | denied LOCKED           | tag                  | unknown
GHCR                                      | ghcr        |        | 405 UNSUPPORTED      |                      | 405 UNSUPPORTED      | disabled UNSUPPORTED    | tag digest           | ghcr
ECR, whose router knows no such path      | ecr         |        | 404                  |                      | 404                  | unknown UNSUPPORTED     | tag digest           | ecr
a router that knows none of the paths     | unknown     |        | 404                  | 404                  | 404                  | unknown UNSUPPORTED     | tag reference digest | unknown
a router that knows digests alone         | unknown     |        | 404                  | 404                  | 404 MANIFEST_UNKNOWN | allowed decoy           | tag reference digest | unknown
Artifactory                               | artifactory |        | 406                  |                      | 406                  | disabled UNSUPPORTED    | tag digest           | artifactory
a right to delete tags, not manifests     | unknown     |        | D2                   |                      | 403 DENIED           | denied DENIED           | tag digest           | distribution2
a proxy that says 202 to all              | unknown     |        | 400 UNSUPPORTED      | 404                  | 202                  | unknown ANSWER_INVALID  | tag reference digest | unknown
a server that is broken                   | unknown     |        | 500                  |                      | 404 MANIFEST_UNKNOWN | unknown UNKNOWN         | tag                  | unknown
a proxy that wants to know who asks       | unknown     |        | 407                  |                      | 404 MANIFEST_UNKNOWN | unknown UNKNOWN         | tag                  | unknown
native asked for, where it is             | unknown     | native | 404 MANIFEST_UNKNOWN |                      | 405 UNSUPPORTED      | allowed native          | tag                  | unknown
native asked for, where it is not         | unknown     | native | D2                   |                      | 404 MANIFEST_UNKNOWN | unknown UNSUPPORTED     | tag                  | distribution2
native asked for, on a GitLab of old      | gitlab      | native | 405 UNSUPPORTED      |                      | 404 MANIFEST_UNKNOWN | unknown UNSUPPORTED     | tag                  | gitlab
gitlab asked for, where it is not         | unknown     | gitlab | D2                   | 404                  | 404 MANIFEST_UNKNOWN | unknown UNSUPPORTED     | tag reference        | distribution2
the decoy asked for, where tags go        | unknown     | decoy  | 404 MANIFEST_UNKNOWN |                      | 404 MANIFEST_UNKNOWN | allowed decoy           | tag digest           | unknown
the decoy asked for, against a refusal    | unknown     | decoy  | 403 DENIED           |                      | 404 MANIFEST_UNKNOWN | denied DENIED           | tag                  | unknown
`;

const rows = table
  .trim()
  .split("\n")
  .slice(1)
  .map((row) => row.split("|").map((cell) => cell.trim()));

const words: Readonly<
  Record<string, { readonly answer: string; readonly message?: string; readonly detail?: string }>
> = {
  D2: { answer: "400 DIGEST_INVALID", message: "provided digest did not match uploaded content" },
  D3: { answer: "404 MANIFEST_UNKNOWN", detail: "filesystem: Path not found: /x/_manifests/tags/y/current/link" },
};

function responseOf(text: string): Response {
  const { answer, message = "no", detail } = words[text] ?? { answer: text };
  const [status, code] = answer.split(" ");
  const body = code === undefined ? "404 page not found\n" : JSON.stringify({ errors: [{ code, message, detail }] });
  return { status: Number(status), headers: {}, body: bodyOf(new TextEncoder().encode(body)) };
}

interface Server {
  readonly tag: string;
  readonly reference?: string;
  readonly digest: string;
}

/** Sends what `DELETE manifests/<tag>`, `tags/reference/<tag>` and `manifests/<digest>` are answered with. */
async function probed(
  server: Server,
  { kind = "unknown", wanted }: { readonly kind?: RegistryKind; readonly wanted?: StrategyName | undefined } = {},
): Promise<Capability & { readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const transport: Transport = async ({ path }) => {
    const byTag = path.includes("/tags/reference/") ? "reference" : "tag";
    const what = path.includes("sha256:") ? "digest" : byTag;
    asked.push(what);
    return responseOf(server[what] ?? "404");
  };
  const fingerprint = { kind, because: "a test says so" };
  const found = await probe(httpRegistry(transport), repository, { fingerprint, nowhere, ...(wanted && { wanted }) });
  return { ...found, asked };
}

describe("probe()", () => {
  it.each(rows)("of %s", async (_, kind, wanted, tag = "", reference = "", digest = "", ends, asks, is) => {
    const asking = { kind: kind as RegistryKind, wanted: (wanted || undefined) as StrategyName | undefined };
    const found = await probed({ tag, digest, ...(reference && { reference }) }, asking);
    const strategy = found.strategy ?? found.refusal?.code;
    expect(`${found.deletion} ${strategy}${found.exact ? " exact" : ""}`).toBe(ends);
    expect([found.asked.join(" "), found.fingerprint.kind]).toEqual([asks, is]);
    expect(found.findings).toHaveLength(found.asked.length);
    expect(found.strategy === undefined).toBe(found.refusal !== undefined);
  });

  it.each([401, 403, 409, 412, 423])("asks nothing more after a %d, whichever probe it answers", async (status) => {
    const [refused, unknown] = [`${status} ANYTHING`, "404 MANIFEST_UNKNOWN"];
    const servers = [
      { tag: refused, digest: unknown },
      { tag: "D2", reference: refused, digest: unknown },
      { tag: "D2", reference: "404", digest: refused },
    ];
    for (const [index, server] of servers.entries()) {
      const found = await probed(server, { kind: "gitlab" });
      expect([found.deletion, found.strategy, found.asked.length]).toEqual(["denied", undefined, index + 1]);
    }
  });

  it.each(["429", "502", "503", "504"])("concludes nothing from a %s", async (status) => {
    await expect(probed({ tag: status, digest: "404 MANIFEST_UNKNOWN" })).rejects.toBeInstanceOf(RegistryError);
    await expect(probed({ tag: "D2", digest: status })).rejects.toBeInstanceOf(RegistryError);
  });

  it("only ever deletes what does not exist", async () => {
    const sent: string[] = [];
    const transport: Transport = async ({ method, path }) => {
      sent.push(`${method} ${path}`);
      return responseOf("404");
    };
    await probe(httpRegistry(transport), repository, { fingerprint: { kind: "unknown", because: "" }, nowhere });
    const paths = [`manifests/${nowhere.tag}`, `tags/reference/${nowhere.tag}`, `manifests/${nowhere.digest}`];
    expect(sent).toEqual(paths.map((path) => `DELETE /v2/team/app/${path}`));
  });

  it("sends a probe again where the server was busy, if it has a clock", async () => {
    const answers = ["503", "429", "404 MANIFEST_UNKNOWN"];
    let now = 0;
    const sleep = async (milliseconds: number) => {
      now += milliseconds;
    };
    const clock = { now: () => new Date(0), ticks: () => now, sleep };
    const transport: Transport = async () => responseOf(answers.shift() ?? "500");
    const fingerprint = { kind: "unknown", because: "" } as const;
    const found = await probe(httpRegistry(transport), repository, { fingerprint, nowhere, clock });
    expect([found.strategy, answers]).toEqual(["native", []]);
  });
});
