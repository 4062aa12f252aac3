import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { mediaTypes } from "../../src/registry/image.ts";
import { authority } from "../support/certificates.ts";
import { listening, serving, servingTls } from "../support/servers.ts";
import { setScene } from "./scene.ts";

const scene = setScene();
const { certify, cert: ca } = await authority();
const [ofServer, ofClient] = [await certify("127.0.0.1"), await certify("me", { use: "client" })];
const auth = Buffer.from("me:sesame").toString("base64");
for (const [name, text] of [
  ["ca.pem", ca],
  ["cert.pem", ofClient.cert],
  ["key.pem", ofClient.key],
] as const)
  scene.write(name, text); // in the home, where the command line runs

/** A registry with the one repository `app` and its tags. */
function listing(tags: readonly string[] = []): RequestListener {
  const manifest = {
    "content-type": mediaTypes.ociManifest,
    "content-length": 2,
    "docker-content-digest": `sha256:${"a".repeat(64)}`,
  };
  return ({ url = "" }, answer) => {
    if (url.includes("/manifests/")) return void answer.writeHead(200, manifest).end("{}");
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify(url.includes("/tags/list") ? { name: "app", tags } : { repositories: ["app"] }));
  };
}

/** What is said by flags or by the environment, and the exit code. */
type Row = readonly [flags: readonly string[], environment: Readonly<Record<string, string>>, code: number];

describe("whom the command line trusts, and as whom it comes", () => {
  const trusting = ["--ca", "ca.pem"];
  const client = ["--cert", "cert.pem", "--key", "key.pem"];

  it.each<Row>([
    [[], {}, 1],
    [trusting, {}, 0],
    [[], { TAGWISE_CA: "ca.pem" }, 0],
    [[], { SSL_CERT_FILE: "ca.pem" }, 0],
    [[], { NODE_EXTRA_CA_CERTS: "ca.pem" }, 0],
    [["--insecure"], {}, 0],
    [[], { TAGWISE_INSECURE: "yes" }, 0],
  ])("a server of an unknown authority: %j, %j ends with %i", async (flags, environment, code) => {
    const { host } = await servingTls(ofServer, listing());
    expect(await scene.tagwise(["ls", host, "--tls", "--retries", "0", ...flags], { environment })).toMatchObject({
      code,
      stderr: code === 0 ? "" : expect.stringContaining("--ca"),
    });
  });

  it.each<Row>([
    [trusting, {}, 1],
    [[...trusting, ...client], {}, 0],
    [trusting, { TAGWISE_CERT: "cert.pem", TAGWISE_KEY: "key.pem" }, 0],
  ])("a server that wants a certificate: %j, %j ends with %i", async (flags, environment, code) => {
    const { host } = await servingTls({ ...ofServer, ca, requestCert: true }, listing());
    expect((await scene.tagwise(["ls", host, "--tls", "--retries", "0", ...flags], { environment })).code).toBe(code);
  });

  it.each([
    { what: "nobody", args: [], code: 4 },
    { what: "--username and --password-stdin", args: ["--username", "me", "--password-stdin"], input: "sesame\n" },
    { what: "another password", args: ["--username", "me", "--password-stdin"], input: "open\n", code: 4 },
    { what: "the environment", args: [], environment: { TAGWISE_USERNAME: "me", TAGWISE_PASSWORD: "sesame" } },
    { what: "--authfile", args: ["--authfile", "auth.json"] },
    { what: "TAGWISE_AUTHFILE", args: [], environment: { TAGWISE_AUTHFILE: "auth.json" } },
    { what: "REGISTRY_AUTH_FILE", args: [], environment: { REGISTRY_AUTH_FILE: "auth.json" } },
  ])("as $what it is let in, or turned away", async ({ args, code = 0, ...options }) => {
    const answerAll = listing();
    const { host } = await serving((request, answer) => {
      if (request.headers.authorization === `Basic ${auth}`) return answerAll(request, answer);
      answer.writeHead(401, { "www-authenticate": 'Basic realm="here"' }).end();
    });
    scene.write("auth.json", JSON.stringify({ auths: { [host]: { auth } } }));
    expect((await scene.tagwise(["ls", host, ...args], options)).code).toBe(code);
  });
});

describe("which way the command line goes", () => {
  const there = "registry.invalid";

  it.each([
    ["http_proxy", "", 0],
    ["HTTP_PROXY", "", 0],
    ["all_proxy", "", 0],
    ["HTTP_PROXY", there, 1],
  ])("%s leads to a registry, unless NO_PROXY is %j", async (variable, except, code) => {
    const asked: (string | undefined)[] = [];
    const answer = listing();
    const proxy = await serving((request, response) => {
      asked.push(request.url);
      answer(request, response);
    });
    const environment = { [variable]: proxy.origin, NO_PROXY: except };
    expect((await scene.tagwise(["ls", there, "--plain-http", "--retries", "0"], { environment })).code).toBe(code);
    expect(asked.at(-1)).toBe(code === 0 ? `http://${there}/v2/_catalog?n=1000` : undefined);
  });

  it("HTTPS_PROXY is asked for a way to a registry that speaks https", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer().on("connect", ({ url }: IncomingMessage, socket) => {
      asked.push(url);
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    const environment = { HTTPS_PROXY: (await listening(server, "http")).origin };
    expect((await scene.tagwise(["ls", there, "--retries", "0"], { environment })).code).toBe(1);
    expect(asked).toEqual([`${there}:443`]);
  });

  it.each<Row>([
    [[], {}, 4],
    [["--allow-realm", "127.0.0.1"], {}, 0],
    [["--allow-realm", "127.0.0.2", "--allow-realm", "127.0.0.1"], {}, 0],
    [[], { TAGWISE_ALLOW_REALM: "127.0.0.1" }, 0],
  ])("to a token server of this machine only as told: %j, %j ends with %i", async (flags, environment, code) => {
    const answer = listing();
    const answerFrom = (origin: string): RequestListener => {
      const challenge = { "www-authenticate": `Bearer realm="${origin}/token",service="here"` };
      return (request, response) => {
        if (request.url?.startsWith("/token")) return void response.end('{"token":"good"}');
        if (request.headers.authorization === "Bearer good") return answer(request, response);
        response.writeHead(401, challenge).end();
      };
    };
    const proxy = await serving((request, response) => answerFrom(proxy.origin)(request, response));
    const through = { HTTP_PROXY: proxy.origin, ...environment };
    const { code: ended, stderr } = await scene.tagwise(["ls", there, "--plain-http", ...flags], {
      environment: through,
    });
    expect(ended, stderr).toBe(code);
  });
});

describe("how gently the command line asks", () => {
  const tags = Array.from({ length: 12 }, (_, count) => `v${count}`);
  const reading = (host: string, flags: readonly string[]) => ["tags", `${host}/app`, "--fast", ...flags];

  it.each([
    { flags: ["--concurrency", "3"], environment: {}, most: 3 },
    { flags: [], environment: { TAGWISE_CONCURRENCY: "2" }, most: 2 },
    { flags: ["--concurrency", "12"], environment: {}, most: 12 },
  ])("$flags, $environment: no more than $most at once", async ({ flags, environment, most }) => {
    const answer = listing(tags);
    const open: (readonly [IncomingMessage, ServerResponse])[] = [];
    let peak = 0;
    const { host } = await serving(async (request, response) => {
      if (request.method !== "HEAD") return answer(request, response);
      peak = Math.max(peak, open.push([request, response]));
      if (open.length < most) return;
      await pause(100); // for others, who must not come
      for (const held of open.splice(0)) answer(...held);
    });
    const { code, stderr } = await scene.tagwise(reading(host, flags), { environment });
    expect(code, stderr).toBe(0);
    expect(peak).toBe(most);
  });

  it.each([
    { flags: ["--rate", "10"], environment: {} },
    { flags: [], environment: { TAGWISE_RATE: "10" } },
  ])("$flags, $environment: no more than ten a second", async ({ flags, environment }) => {
    const answer = listing(tags);
    let asked = 0;
    let lastAt = 0;
    const { host } = await serving((request, response) => {
      asked++;
      lastAt = performance.now();
      answer(request, response);
    });
    const began = performance.now();
    expect((await scene.tagwise(reading(host, flags), { environment })).code).toBe(0);
    expect(asked).toBeGreaterThan(tags.length);
    expect(lastAt - began).toBeGreaterThan(((asked - 1) / 10) * 1000 - 50);
  });

  it.each([
    { flags: ["--timeout", "250ms"], environment: {} },
    { flags: [], environment: { TAGWISE_TIMEOUT: "250ms" } },
  ])("$flags, $environment: gives a server up that never answers", async ({ flags, environment }) => {
    const server = createServer();
    const asked = once(server, "request");
    const { host } = await listening(server, "http");
    const { code, stderr } = await scene.tagwise(["ls", host, "--retries", "0", ...flags], { environment });
    await asked;
    expect([code, stderr]).toEqual([1, expect.stringContaining("no sign of life for 0.25 s")]);
  });
});
