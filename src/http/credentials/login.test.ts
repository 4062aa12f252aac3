import { writeFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { tokenRegistry } from "../../../test/support/token-registry.ts";
import { login, logout } from "./login.ts";
import { credentialsFrom } from "./source.ts";

const alice = { username: "alice", password: "secret" };
const auth = Buffer.from("alice:secret").toString("base64");

async function home(config?: unknown) {
  const path = await mkdtemp(join(tmpdir(), "tagwise-login-"));
  onTestFinished(() => rm(path, { recursive: true }));
  const file = join(path, "docker", "config.json");
  if (config !== undefined) {
    await mkdir(join(path, "docker"));
    await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
  }
  const environment = { HOME: path, DOCKER_CONFIG: join(path, "docker"), PATH: path };
  const read = async () => JSON.parse(await readFile(file, "utf8"));
  return { path, file, environment, read };
}

async function registry(): Promise<URL> {
  return serving((request, response) => {
    const mayPass = request.headers.authorization === `Basic ${auth}`;
    response.writeHead(mayPass ? 200 : 401, { "www-authenticate": "Basic" }).end();
  });
}

async function helper(path: string) {
  const file = join(path, "docker-credential-x");
  const kept = JSON.stringify(join(path, "kept"));
  const script = `#!${process.execPath}
const fs = require("node:fs");
const input = fs.readFileSync(0, "utf8");
if (process.argv[2] === "store") fs.writeFileSync(${kept}, input);
else if (!fs.existsSync(${kept})) { console.log("credentials not found in native keychain"); process.exitCode = 1; }
else if (process.argv[2] === "erase") fs.rmSync(${kept});
else process.stdout.write(fs.readFileSync(${kept}));`;
  await writeFile(file, script);
  await chmod(file, 0o755);
}

describe("login() and logout()", () => {
  it("keep credentials where docker does, for no one else to read, and forget them again", async () => {
    const origin = await registry();
    const { environment, file, read } = await home();
    expect(await login(origin, { ...alice, environment })).toEqual({ kind: "file", file });
    expect(await read()).toEqual({ auths: { [origin.host]: { auth } } });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await credentialsFrom({ environment })(`${origin.host}/a`)).toEqual({ kind: "password", ...alice });
    expect(await logout(origin, { environment })).toEqual({ kind: "file", file });
    expect(await read()).toEqual({ auths: {} });
    expect(await logout(origin, { environment })).toBeUndefined();
  });

  it("keep them in the file of REGISTRY_AUTH_FILE, where it is set, for that alone is read then", async () => {
    const origin = await registry();
    const { environment, path, file } = await home();
    const named = { ...environment, REGISTRY_AUTH_FILE: join(path, "auth.json") };
    expect(await login(origin, { ...alice, environment: named })).toEqual({
      kind: "file",
      file: named.REGISTRY_AUTH_FILE,
    });
    expect(await credentialsFrom({ environment: named })(origin.host)).toEqual({ kind: "password", ...alice });
    expect(await logout(origin, { environment: named })).toMatchObject({ file: named.REGISTRY_AUTH_FILE });
    expect(await credentialsFrom({ environment: named })(origin.host)).toBeUndefined();

    const empty = { ...environment, REGISTRY_AUTH_FILE: "" };
    expect(await login(origin, { ...alice, environment: empty })).toMatchObject({ file });
    const authFile = join(path, "flag.json");
    expect(await login(origin, { ...alice, environment: named, authFile })).toMatchObject({ file: authFile });
  });

  it("keep everything else in the file, and follow a link to it", async () => {
    const origin = await registry();
    const others = { "r.example": { auth: "eA==", email: "x" } };
    const config = {
      HttpHeaders: { a: "b" },
      auths: others,
      credHelpers: { "h.example": "h" },
      plugins: { deep: [1] },
    };
    const { environment, file, path, read } = await home(config);
    const real = join(path, "dotfiles.json");
    await writeFile(real, await readFile(file));
    await rm(file);
    await symlink(real, file);
    await login(origin, { ...alice, environment });
    expect(await read()).toEqual({ ...config, auths: { ...others, [origin.host]: { auth } } });
    expect((await stat(real)).mode & 0o777).toBe(0o600);
    await logout(origin, { environment });
    expect(await read()).toEqual(config);
  });

  it("keep what another login wrote while the registry was asked", async () => {
    const { environment, file, read } = await home({ auths: {} });
    const others = { "other.example": { auth: "eA==" } };
    const origin = await serving((request, response) => {
      if (request.headers.authorization === undefined)
        return void response.writeHead(401, { "www-authenticate": "Basic" }).end();
      writeFileSync(file, JSON.stringify({ auths: others, currentContext: "x" }));
      response.end();
    });
    await login(origin, { ...alice, environment });
    expect(await read()).toEqual({ auths: { ...others, [origin.host]: { auth } }, currentContext: "x" });
  });

  it("keep nothing that the registry refuses", async () => {
    const { environment, read } = await home();
    const refused = login(await registry(), { ...alice, password: "wrong", environment });
    await expect(refused).rejects.toMatchObject({ code: "UNAUTHORIZED", next: expect.any(String) });
    await expect(read()).rejects.toThrow("ENOENT");
  });

  it.each([
    ["an HTML page", 200, { "content-type": "text/html; charset=utf-8" }],
    ["a 404", 404, {}],
  ])("keep nothing where %s comes from a server that is no registry", async (_, status, headers) => {
    const origin = await serving((_request, response) => void response.writeHead(status, headers).end("<html>"));
    const { environment, read } = await home();
    await expect(login(origin, { ...alice, environment })).rejects.toMatchObject({ said: "NO_REGISTRY" });
    await expect(read()).rejects.toThrow("ENOENT");
  });

  it("keep nothing that the token server refuses, and say what it said", async () => {
    const { origin } = await tokenRegistry({
      grant: () => ({ status: 401, json: { errors: [{ code: "UNAUTHORIZED", message: "locked out" }] } }),
    });
    const { environment, read } = await home();
    await expect(login(origin, { ...alice, environment })).rejects.toMatchObject({
      code: "UNAUTHORIZED",
      message: expect.stringContaining("locked out"),
    });
    await expect(read()).rejects.toThrow("ENOENT");
  });

  it("leave a broken file alone, and send nothing then", async () => {
    let requests = 0;
    const origin = await serving((_, response) => {
      requests++;
      response.end();
    });
    const { environment, file } = await home("{ broken");
    await expect(login(origin, { ...alice, environment })).rejects.toThrow(file);
    await expect(logout(origin, { environment })).rejects.toThrow(file);
    expect(await readFile(file, "utf8")).toBe("{ broken");
    expect(requests).toBe(0);
  });

  it.each([
    ["credsStore", () => ({ credsStore: "x" })],
    ["credHelpers", (host: string) => ({ credHelpers: { [host]: "x" } })],
  ])("go by the helper that %s names", async (_, configOf) => {
    const origin = await registry();
    const { environment, path, file, read } = await home(configOf(origin.host));
    await helper(path);
    expect(await login(origin, { ...alice, environment })).toEqual({ kind: "helper", helper: "x", file });
    expect(JSON.parse(await readFile(join(path, "kept"), "utf8"))).toEqual({
      ServerURL: origin.host,
      Username: "alice",
      Secret: "secret",
    });
    expect(JSON.stringify(await read())).not.toContain(auth);
    expect(await credentialsFrom({ environment })(origin.host)).toEqual({ kind: "password", ...alice });
    expect(await logout(origin, { environment })).toEqual({ kind: "helper", helper: "x", file });
    expect(await credentialsFrom({ environment })(origin.host)).toBeUndefined();
    expect(await read()).toEqual({ ...configOf(origin.host), auths: {} });
    expect(await logout(origin, { environment })).toBeUndefined();
  });

  it("forget what is kept under the port that the scheme implies, and what is kept for another port stays", async () => {
    const others = { "r.example:5000": { auth }, "r.example:80": { auth } };
    const { environment, file, read } = await home({ auths: { "https://r.example:443/v1/": { auth }, ...others } });
    expect(await logout(new URL("https://r.example/"), { environment })).toEqual({ kind: "file", file });
    expect(await read()).toEqual({ auths: others });
    expect(await logout(new URL("https://r.example/"), { environment })).toBeUndefined();

    const helped = await home({ credHelpers: { "r.example:443": "x" } });
    await helper(helped.path);
    await writeFile(join(helped.path, "kept"), "{}");
    const forgotten = await logout(new URL("https://r.example/"), { environment: helped.environment });
    expect(forgotten).toMatchObject({ kind: "helper" });
  });

  it("say which file cannot be written", async () => {
    const { environment, path } = await home();
    const authFile = join(path, "no-folder-but-a-file", "auth.json");
    await writeFile(join(path, "no-folder-but-a-file"), "");
    await expect(login(await registry(), { ...alice, environment, authFile })).rejects.toMatchObject({
      message: `${authFile} cannot be written`,
    });
  });
});
