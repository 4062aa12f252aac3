import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { authority, type CertificateOptions } from "../../../test/support/certificates.ts";
import { listening, serving, servingTls, speaking } from "../../../test/support/servers.ts";
import { retrying } from "../../decorators/retrying.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import { readBody } from "../../wire/body.ts";
import { httpRegistry } from "../client/client.ts";
import { type ConnectionOptions, connection } from "./connection.ts";

const root = await authority();
const stranger = await authority("stranger");
const broken = "-----BEGIN CERTIFICATE-----\nSECRET\n-----END CERTIFICATE-----\n";
const get = { method: "GET", path: "/v2/a/tags/list", headers: {} };

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "tagwise-tls-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Writes files for flags that take them. */
async function files(contents: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const path = await folder();
  const written = Object.entries(contents).map(async ([name, text]) => {
    await writeFile(join(path, name), text);
    return [name, join(path, name)] as const;
  });
  return Object.fromEntries(await Promise.all(written));
}

const whoIsIt: RequestListener = ({ socket }, response) => {
  const { subject } = (socket as TLSSocket).getPeerCertificate();
  response.end(`hello ${subject?.CN ?? "nobody"}`);
};

async function secureRegistry(options: CertificateOptions = {}): Promise<URL> {
  return servingTls(await root.certify("registry", options), whoIsIt);
}

async function ask(origin: URL, options: ConnectionOptions = {}): Promise<string> {
  const answer = await connection(origin, options)(get);
  return Buffer.from(await readBody(answer, 1000)).toString();
}

describe("connection() over TLS", () => {
  it("trusts an authority that is named", async () => {
    const { ca: caFile = "" } = await files({ ca: root.cert });
    expect(await ask(await secureRegistry(), { tls: { caFile } })).toBe("hello nobody");
  });

  it("asks for tokens by TLS where the registry names its own host by http", async () => {
    const seen: string[] = [];
    const origin: URL = await servingTls(await root.certify("registry"), ({ url = "", headers }, response) => {
      seen.push(`${url.split("?")[0]} ${headers.authorization?.split(" ")[0] ?? "bare"}`);
      if (url.startsWith("/token")) return void response.end('{"token":"t"}');
      const challenge = `Bearer realm="http://${origin.host}/token"`;
      const isKnown = headers.authorization === "Bearer t";
      response.writeHead(isKnown ? 200 : 401, isKnown ? {} : { "www-authenticate": challenge }).end("hello");
    });
    const credentials = async () => ({ kind: "password", username: "alice", password: "secret" }) as const;
    expect(await ask(origin, { tls: { insecure: true }, credentials })).toBe("hello");
    expect(seen).toEqual(["/v2/ bare", "/token Basic", "/v2/a/tags/list Bearer"]);
  });

  it.each(["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"])("trusts the authorities of %s", async (variable) => {
    const { ca = "" } = await files({ ca: root.cert });
    expect(await ask(await secureRegistry(), { environment: { [variable]: ca } })).toBe("hello nobody");
  });

  it("goes on without any check only where told so", async () => {
    const origin = await secureRegistry({ names: ["elsewhere.example"], notAfter: new Date(Date.now() - 1000) });
    expect(await ask(origin, { tls: { insecure: true } })).toBe("hello nobody");
    await expect(ask(origin)).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  it("shows a client certificate", async () => {
    const client = await root.certify("alice", { use: "client" });
    const { cert: certFile = "", key: keyFile = "", ca: caFile = "" } = await files({ ...client, ca: root.cert });
    const strict = { ...(await root.certify("registry")), ca: root.cert, requestCert: true, rejectUnauthorized: true };
    const origin = await servingTls(strict, whoIsIt);
    expect(await ask(origin, { tls: { caFile, certFile, keyFile } })).toBe("hello alice");
    await expect(ask(origin, { tls: { caFile } })).rejects.toMatchObject({
      next: expect.stringContaining("--cert FILE --key FILE"),
    });
  });

  it.each([
    [40, "refused the TLS handshake"],
    [42, "asks for another client certificate"],
    [43, "asks for another client certificate"],
    [44, "revoked"],
    [45, "expired"],
    [46, "asks for another client certificate"],
    [48, "does not accept the client certificate"],
    [116, "asks for a client certificate"],
  ])("says what the alert %d of TLS wants, once", async (alert, message) => {
    let connections = 0;
    const { host } = await speaking((socket, _, connection) => {
      connections = connection;
      socket.end(Uint8Array.of(21, 3, 3, 0, 2, 2, alert));
    });
    const client = await root.certify("alice", { use: "client" });
    const { cert: certFile = "", key: keyFile = "" } = await files({ ...client });
    const registry = retrying(httpRegistry(connection(new URL(`https://${host}`), { tls: { certFile, keyFile } })));
    await expect(registry.listTags(parseRepositoryName("a"))).rejects.toMatchObject({
      message: expect.stringContaining(message),
      next: expect.stringContaining("--cert FILE --key FILE"),
    });
    expect(connections).toBe(1);
  });

  const past = new Date(Date.now() - 1000);
  const future = new Date(Date.now() + 86_400_000);
  it.each([
    ["an unknown authority", {}, false, "not known here", "--ca FILE"],
    ["another name", { names: ["elsewhere.example"] }, true, "for another name", "use the name"],
    ["an expired certificate", { notAfter: past }, true, "expired", "renew"],
    ["a certificate of the future", { notBefore: future }, true, "not valid yet", "clock"],
  ])("says what is wrong with %s, and what to do", async (_, options, known, message, next) => {
    const { ca: caFile = "" } = await files({ ca: (known ? root : stranger).cert });
    await expect(ask(await secureRegistry(options), { tls: { caFile } })).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining(message),
      next: expect.stringContaining(next),
    });
  });

  it("says --plain-http where the registry speaks http, and --tls where it speaks https", async () => {
    const plain = await serving((_, response) => response.end());
    await expect(ask(new URL(`https://${plain.host}`))).rejects.toMatchObject({
      code: "UNREACHABLE",
      next: expect.stringContaining("--plain-http"),
    });
    const secure = await secureRegistry();
    await expect(ask(new URL(`http://${secure.host}`))).rejects.toMatchObject({
      next: expect.stringContaining("--tls"),
    });
  });

  it("says no --tls where something else than HTTP is spoken within TLS", async () => {
    const { ca: caFile = "" } = await files({ ca: root.cert });
    const mail = createServer(await root.certify("mail"), (socket) => socket.end("* OK IMAP4 ready\r\n"));
    const error: unknown = await ask(await listening(mail, "https"), { tls: { caFile } }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "ANSWER_INVALID", message: expect.stringContaining("no HTTP") });
    expect(JSON.stringify(error)).not.toContain("--tls");
  });

  it("says --tls where a server of https answers in http that it is one", async () => {
    const says = "Client sent an HTTP request to an HTTPS server.\n"; // Go's own words
    const origin = await speaking((socket) =>
      socket.end(`HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n${says}`),
    );
    await expect(ask(origin)).rejects.toMatchObject({ next: expect.stringContaining("--tls") });
  });

  it.each([
    ["an authority that is not there", { caFile: "/nowhere/ca.pem" }, "/nowhere/ca.pem (--ca) cannot be read"],
    ["a certificate without its key", { certFile: "/nowhere/cert.pem" }, "needs its key"],
  ])("refuses %s before anything is sent", async (_, tls, message) => {
    await expect(ask(await secureRegistry(), { tls })).rejects.toMatchObject({
      message: expect.stringContaining(message),
      next: expect.any(String),
    });
  });

  it("refuses a file of authorities that holds no certificate", async () => {
    const { key } = await root.certify("alice");
    const kept = await files({ key, broken });
    const origin = await secureRegistry();
    for (const file of Object.values(kept)) {
      for (const [from, options] of [
        ["--ca", { tls: { caFile: file } }],
        ["SSL_CERT_FILE", { environment: { SSL_CERT_FILE: file } }],
      ] as const) {
        await expect(ask(origin, options)).rejects.toMatchObject({
          message: `${file} (${from}) holds no certificate that can be read`,
          next: expect.stringContaining("BEGIN CERTIFICATE"),
        });
      }
    }
    const { both = "" } = await files({ both: `# our own\n${key}${root.cert}` });
    expect(await ask(origin, { tls: { caFile: both } })).toBe("hello nobody");
  });

  it("says which certificate is broken in a file of several", async () => {
    const { several: caFile = "" } = await files({ several: `${stranger.cert}${broken}${root.cert}` });
    await expect(ask(await secureRegistry(), { tls: { caFile } })).rejects.toMatchObject({
      message: `${caFile} (--ca): certificate 2 of 3 cannot be read`,
      next: expect.any(String),
    });
  });

  it("trusts an authority that is named although one of the system's is broken", async () => {
    const { ca: caFile = "", extra = "" } = await files({ ca: root.cert, extra: broken });
    const environment = { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: caFile };
    expect(await ask(await secureRegistry(), { environment })).toBe("hello nobody");
    const hidden = { NODE_EXTRA_CA_CERTS: extra };
    expect(await ask(await secureRegistry(), { environment: hidden, tls: { caFile } })).toBe("hello nobody");
  });

  it("refuses files that hold something else, and never shows what they hold", async () => {
    const { text: caFile = "", broken: certFile = "" } = await files({ text: "SECRET", broken });
    const origin = await secureRegistry();
    for (const tls of [{ caFile }, { certFile, keyFile: certFile }]) {
      const error: unknown = await ask(origin, { tls }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "UNREACHABLE", next: expect.any(String) });
      expect(String(error)).not.toContain("SECRET");
    }
  });
});
