import http from "node:http";
import net from "node:net";
import { describe, expect, it } from "vitest";
import { authority } from "../../../test/support/certificates.ts";
import { closed, listening, servingTls } from "../../../test/support/servers.ts";
import { readBody } from "../../wire/body.ts";
import { connection } from "./connection.ts";
import { proxyFor } from "./proxies.ts";

const get = { method: "GET", path: "/v2/a/tags/list", headers: {} };

describe("proxyFor()", () => {
  const both = { HTTPS_PROXY: "http://secure:1", HTTP_PROXY: "http://plain:2" };
  it.each([
    ["https://r.example", both, "secure:1"],
    ["http://r.example", both, "plain:2"],
    ["https://r.example", { ...both, https_proxy: "http://lower:3" }, "lower:3"],
    ["https://r.example", { ALL_PROXY: "http://all:4" }, "all:4"],
    ["https://r.example", { HTTPS_PROXY: "bare:5" }, "bare:5"],
    ["https://r.example", { HTTPS_PROXY: "http://user:100%25@encoded:6/" }, "encoded:6"],
    ["https://r.example", { HTTPS_PROXY: "" }, undefined],
    ["https://r.example", {}, undefined],
    ["https://localhost:5000", both, undefined],
    ["https://a.localhost", both, undefined],
    ["http://127.0.0.1:5000", both, undefined],
    ["http://127.9.9.9", both, undefined],
    ["http://[::1]:5000", both, undefined],
    ["https://r.example", { ...both, NO_PROXY: "*" }, undefined],
    ["https://r.example", { ...both, NO_PROXY: "other, r.example" }, undefined],
    ["https://r.example", { ...both, NO_PROXY: "R.EXAMPLE" }, undefined],
    ["https://r.example", { ...both, NO_PROXY: "example" }, undefined],
    ["https://r.example", { ...both, NO_PROXY: ".example" }, undefined],
    ["https://r.example", { ...both, NO_PROXY: "*.example" }, undefined],
    ["https://r.example", { ...both, no_proxy: "r.example", NO_PROXY: "" }, undefined],
    ["https://r.example", { ...both, NO_PROXY: "ample" }, "secure:1"],
    ["https://r.example", { ...both, NO_PROXY: "r.example:444" }, "secure:1"],
    ["https://r.example", { ...both, NO_PROXY: "r.example:443" }, undefined],
    ["https://r.example:5000", { ...both, NO_PROXY: "r.example:5000" }, undefined],
    ["https://10.1.2.3", { ...both, NO_PROXY: "10.0.0.0/8" }, undefined],
    ["https://11.1.2.3", { ...both, NO_PROXY: "10.0.0.0/8" }, "secure:1"],
    ["https://10.1.2.3", { ...both, NO_PROXY: "10.1.2.3" }, undefined],
    ["https://10.1.2.3:5000", { ...both, NO_PROXY: "10.1.2.3:5000" }, undefined],
    ["https://[fd00::1]", { ...both, NO_PROXY: "fd00::/8" }, undefined],
    ["https://[fd00::1]:5000", { ...both, NO_PROXY: "[fd00::1]:5000" }, undefined],
    ["https://[fd00::1]", { ...both, NO_PROXY: "fd00::1" }, undefined],
    ["https://[fd00::1]", { ...both, NO_PROXY: "[fd00::1]" }, undefined],
    ["https://[fd00::1]", { ...both, NO_PROXY: "[FD00:0:0::0001]" }, undefined],
    ["https://[fd00::1]", { ...both, NO_PROXY: "[fd00::]/8" }, undefined],
    ["https://[fd00::1]:5000", { ...both, NO_PROXY: "[fd00::]/8:5000" }, undefined],
    ["https://[fd00::1]", { ...both, NO_PROXY: "[fd00::1]:5000, [fd00::2], [fd00::1]/129, [fd00::1" }, "secure:1"],
    ["https://r.example", { ...both, NO_PROXY: "r.example." }, undefined],
    ["https://r.example.", { ...both, NO_PROXY: "example" }, undefined],
    ["https://r.example", { ...both, NO_PROXY: "., *., :443" }, "secure:1"],
    ["https://10.1.2.3", { ...both, NO_PROXY: "10.0.0.0/99, ,/, 10.1.2.3/" }, "secure:1"],
  ])("reaches %s with %j by %s", (origin, environment, host) => {
    expect(proxyFor(new URL(origin), environment)?.url.host).toBe(host);
  });

  it.each([
    "socks5://user:SECRET@p:1",
    "http://",
    "::SECRET::",
    "http://user:SECRET100%@p:1",
    "http://user%:SECRET@p:1",
    "http://SECRET:1234#x@p:1",
    "http://SECRET:1234?x@p:1",
    "http://SECRET:1234/x@p:1",
  ])("refuses %j without showing it", (value) => {
    const choose = () => proxyFor(new URL("https://r.example"), { HTTPS_PROXY: value });
    expect(choose).toThrow(
      expect.objectContaining({ code: "UNREACHABLE", next: expect.stringContaining("HTTPS_PROXY") }),
    );
    expect(choose).not.toThrow(/SECRET/);
  });
});

/** A proxy that reaches every name on this machine, and notes what went through it. */
async function proxying(status = 200) {
  const seen: string[] = [];
  const server = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    if (status !== 200) return void response.writeHead(status).end("no such manifest");
    response.end("through the proxy");
  });
  server.on("connect", (request, socket, head) => {
    seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\n{}`);
    const port = Number(request.url?.split(":")[1]);
    const target = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    for (const end of [target, socket]) end.on("error", () => target.destroy());
    socket.on("close", () => target.destroy());
  });
  const origin = await listening(server, "http");
  return { proxy: `http://user:secret@${origin.host}`, seen };
}

describe("connection() through a proxy", () => {
  const proxyHeader = `Basic ${Buffer.from("user:secret").toString("base64")}`;

  it("tunnels https, with TLS to the registry itself, over one connection", async () => {
    const root = await authority();
    const registry = await servingTls(await root.certify("registry", { names: ["registry.test"] }), (_, response) =>
      response.end("secure"),
    );
    const { proxy, seen } = await proxying();
    const place = new URL(`https://registry.test:${registry.port}`);
    const send = connection(place, { environment: { HTTPS_PROXY: proxy }, tls: { insecure: true } });
    for (let n = 0; n < 3; n++) expect(Buffer.from(await readBody(await send(get), 100)).toString()).toBe("secure");
    expect(seen).toEqual([`CONNECT registry.test:${registry.port} ${proxyHeader}`]);
  });

  it("sends plain http to it with the whole URL", async () => {
    const { proxy, seen } = await proxying();
    const send = connection(new URL("http://registry.test:5000"), { environment: { HTTP_PROXY: proxy } });
    expect(Buffer.from(await readBody(await send(get), 100)).toString()).toBe("through the proxy");
    expect(seen.at(-1)).toBe(`GET http://registry.test:5000/v2/a/tags/list ${proxyHeader}`);
  });

  it.each([
    ["//evil.example/v2/", "//evil.example/v2/"],
    ["/\\evil.example/v2/", "//evil.example/v2/"],
    ["/http://evil.example/v2/", "/http://evil.example/v2/"],
  ])("never lets the path %s lead to another host", async (path, sent) => {
    const { proxy, seen } = await proxying();
    const send = connection(new URL("http://registry.test:5000"), { environment: { HTTP_PROXY: proxy } });
    await send({ ...get, path });
    expect(seen.at(-1)).toBe(`GET http://registry.test:5000${sent} ${proxyHeader}`);
    for (const none of ["@evil.example/", "1.evil.example/", "evil"])
      await expect(send({ ...get, path: none })).rejects.toMatchObject({ code: "ANSWER_INVALID" });
    expect(seen.filter((line) => !line.includes(" http://registry.test:5000/"))).toEqual([]);
  });

  it.each([403, 404, 407, 502])("never takes a proxy's own %d for the registry's answer", async (status) => {
    const { proxy } = await proxying(status);
    const send = connection(new URL("https://registry.test"), { environment: { HTTPS_PROXY: proxy } });
    await expect(send(get)).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining(`the proxy answered ${status}`),
      next: expect.stringContaining("HTTPS_PROXY"),
    });
  });

  it("says of a proxy that wants credentials the same for plain http", async () => {
    const { proxy } = await proxying(407);
    for (const scheme of ["http", "https"]) {
      const send = connection(new URL(`${scheme}://registry.test`), { environment: { all_proxy: proxy } });
      await expect(send(get)).rejects.toMatchObject({
        code: "UNREACHABLE",
        message: expect.stringContaining("the proxy answered 407"),
        next: "put user and password into all_proxy",
      });
    }
  });

  it("passes on what a registry answers through the proxy", async () => {
    const { proxy } = await proxying(404);
    const send = connection(new URL("http://registry.test"), { environment: { HTTP_PROXY: proxy } });
    expect((await send(get)).status).toBe(404);
  });

  it("takes a 407 that comes through a tunnel for the registry's own, over a kept-open connection too", async () => {
    const root = await authority();
    const registry = await servingTls(await root.certify("registry", { names: ["registry.test"] }), (_, response) =>
      response.writeHead(407).end(),
    );
    const { proxy, seen } = await proxying();
    const place = new URL(`https://registry.test:${registry.port}`);
    const send = connection(place, { environment: { HTTPS_PROXY: proxy }, tls: { insecure: true } });
    for (let n = 0; n < 2; n++) {
      const answer = await send(get);
      expect(answer.status).toBe(407);
      await readBody(answer, 100);
    }
    expect(seen).toHaveLength(1);
  });

  it.each(["http", "https"])("says of a proxy without TLS that it has none, on the way to %s", async (scheme) => {
    const { proxy } = await proxying();
    const secure = proxy.replace("http:", "https:");
    const send = connection(new URL(`${scheme}://registry.test`), { environment: { ALL_PROXY: secure } });
    await expect(send(get)).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: `the proxy ${new URL(proxy).host} does not speak TLS`,
      next: expect.stringContaining("set ALL_PROXY to http://"),
    });
  });

  it("says of a proxy whose certificate nobody knows that it is the proxy's", async () => {
    const { host } = await servingTls(await (await authority()).certify("proxy"), (_, response) => response.end());
    const send = connection(new URL("https://registry.test"), { environment: { HTTPS_PROXY: `https://${host}` } });
    await expect(send(get)).rejects.toMatchObject({
      message: `the proxy ${host} has a certificate of an authority that is not known here`,
      next: expect.stringContaining("HTTPS_PROXY"),
    });
  });

  it("says --plain-http of a registry without TLS, also behind a proxy", async () => {
    const plain = await listening(
      http.createServer((_, response) => response.end()),
      "http",
    );
    const { proxy } = await proxying();
    const place = new URL(`https://registry.test:${plain.port}`);
    await expect(connection(place, { environment: { HTTPS_PROXY: proxy } })(get)).rejects.toMatchObject({
      next: expect.stringContaining("--plain-http"),
    });
  });

  it("says UNREACHABLE, and names the proxy without its password, where that is down", async () => {
    const nowhere = await closed();
    for (const scheme of ["http", "https"]) {
      const environment = { ALL_PROXY: `http://user:secret@${nowhere.host}` };
      const error: unknown = await connection(new URL(`${scheme}://registry.test`), { environment })(get).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({
        code: "UNREACHABLE",
        message: expect.stringContaining(nowhere.host),
        next: "check ALL_PROXY and NO_PROXY",
      });
      expect(String(error)).not.toContain("secret");
    }
  });

  it.each(["https", "http"])("gives up on a proxy that takes %s and never answers, and hangs up", async (scheme) => {
    let hungUp = () => {};
    const gone = new Promise<void>((resolve) => (hungUp = resolve));
    const silent = net.createServer((socket) =>
      socket
        .on("error", () => {})
        .once("close", hungUp)
        .resume(),
    );
    const proxy = await listening(silent, "http");
    const send = connection(new URL(`${scheme}://registry.test`), {
      environment: { ALL_PROXY: proxy.href },
      timeout: 300,
    });
    await expect(send(get)).rejects.toMatchObject({
      code: scheme === "https" ? "UNREACHABLE" : "LOST",
      message: expect.stringContaining("no sign of life for 0.3 s"),
    });
    await gone;
  });
});
