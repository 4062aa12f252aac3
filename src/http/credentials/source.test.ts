import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Environment } from "./credentials.ts";
import { credentialsFrom } from "./source.ts";

const basic = (user: string) => ({ auth: Buffer.from(`${user}:p`).toString("base64") });
const user = (username: string, password = "p") => ({ kind: "password", username, password });

/** A home of its own, with files in it by their path; a text is written as it is. */
async function home(files: Readonly<Record<string, unknown>> = {}) {
  const path = await mkdtemp(join(tmpdir(), "tagwise-home-"));
  onTestFinished(() => rm(path, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  }
  const environment: Environment = { HOME: path, XDG_RUNTIME_DIR: join(path, "run"), PATH: join(path, "bin") };
  return { path, environment };
}

/** A real program in the PATH of a home; its body sees `verb` and `input`. */
async function helper(path: string, name: string, body: string) {
  const file = join(path, "bin", `docker-credential-${name}`);
  await mkdir(dirname(file), { recursive: true });
  const script = `#!${process.execPath}
const fs = require("node:fs");
const verb = process.argv[2];
const input = fs.readFileSync(0, "utf8");
fs.appendFileSync(${JSON.stringify(join(path, "calls"))}, verb + " " + input + "\\n");
${body}`;
  await writeFile(file, script);
  await chmod(file, 0o755);
}

const answering = (Username: string, Secret: string) =>
  `console.log(${JSON.stringify(JSON.stringify({ ServerURL: "x", Username, Secret }))})`;

describe("credentialsFrom()", () => {
  const auths = {
    "quay.io": basic("all"),
    "quay.io/team": basic("team"),
    "quay.io/team/app": basic("app"),
    "registry.example:5000": basic("port"),
    "https://old.example/v1/": basic("old"),
    "http://plain.example/": basic("plain"),
    "https://index.docker.io/v1/": basic("hub"),
    "plainly.example": { username: "u", password: "w" },
    "identity.example": { ...basic("someone"), identitytoken: "idt" },
    "registry-token.example": { ...basic("someone"), registrytoken: "raw" },
    "colons.example": { auth: Buffer.from("u:p:q").toString("base64") },
    "empty.example": {},
    "null.example": null,
    "broken.example": { auth: "!!" },
  };
  it.each([
    ["quay.io/team/app", user("app")],
    ["quay.io/team/app/deeper", user("app")],
    ["quay.io/team/other", user("team")],
    ["quay.io/teams", user("all")],
    ["quay.io", user("all")],
    ["registry.example:5000/a", user("port")],
    ["registry.example/a", undefined],
    ["old.example/a", user("old")],
    ["plain.example", user("plain")],
    ["docker.io/library/alpine", user("hub")],
    ["registry-1.docker.io/library/alpine", user("hub")],
    ["plainly.example", user("u", "w")],
    ["identity.example", { kind: "identity-token", token: "idt", username: "someone" }],
    ["registry-token.example", { kind: "registry-token", token: "raw" }],
    ["colons.example", user("u", "p:q")],
    ["empty.example", undefined],
    ["null.example", undefined],
    ["broken.example", undefined],
    ["io", undefined],
  ])("finds for %s in a file %j", async (target, expected) => {
    const { environment } = await home({ ".docker/config.json": { auths, HttpHeaders: { "User-Agent": "x" } } });
    expect(await credentialsFrom({ environment })(target)).toEqual(expected);
  });

  const at = (name: string) => ({ auths: { "r.example": basic(name) } });
  const places = {
    ".docker/config.json": at("docker"),
    "run/containers/auth.json": at("runtime"),
    ".config/containers/auth.json": at("config"),
    ".dockercfg": at("legacy").auths,
  };
  it("takes the first place that has some: docker's, then those of containers in their order", async () => {
    const order: unknown[] = [];
    const names = Object.keys(places);
    for (const [index] of names.entries()) {
      const files = Object.fromEntries(Object.entries(places).slice(index));
      const { environment } = await home({ [names[index - 1] ?? "none"]: {}, ...files });
      order.push(await credentialsFrom({ environment })("r.example/a"));
    }
    expect(order).toEqual([user("docker"), user("runtime"), user("config"), user("legacy")]);
  });

  it("lets explicit ones win, then the file that is named, then DOCKER_AUTH_CONFIG, DOCKER_CONFIG", async () => {
    const { path, environment } = await home({ ...places, named: at("named"), "else/config.json": at("else") });
    const inline = { ...environment, DOCKER_AUTH_CONFIG: JSON.stringify(at("inline")) };
    const named = { ...inline, REGISTRY_AUTH_FILE: join(path, "named") };
    const explicit = { kind: "password", username: "me", password: "x" } as const;
    const find = (options: Parameters<typeof credentialsFrom>[0]) => credentialsFrom(options)("r.example/a");
    expect(await find({ environment: named, explicit })).toEqual(explicit);
    expect(await find({ environment: inline, authFile: join(path, "named") })).toEqual(user("named"));
    expect(await find({ environment: named })).toEqual(user("named"));
    expect(await find({ environment: inline })).toEqual(user("inline"));
    expect(await find({ environment: { ...environment, DOCKER_CONFIG: join(path, "else") } })).toEqual(user("else"));
    expect(await find({ environment: named, authFile: join(path, "nowhere") })).toBeUndefined();
  });

  it.each(["{", "[]", '{"auths":[1]}', '{"auths":{"r.example":"SECRET"}}', '{"credsStore":{}}', "SECRET"])(
    "says of the broken file %s which it is and what to do, and nothing of what it holds",
    async (content) => {
      const { path, environment } = await home({ ".docker/config.json": content });
      const error: unknown = await credentialsFrom({ environment })("r.example").catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        message: expect.stringContaining(join(path, ".docker/config.json")),
        next: expect.stringContaining("tagwise login"),
      });
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("SECRET");
    },
  );

  it.each(["SECRET\n", "SECRET x", "SECRET\u00e9"])(
    "says of the registry token %j which file has it",
    async (registrytoken) => {
      const auths = { "r.example": { registrytoken }, "other.example": { registrytoken: "raw" } };
      const { path, environment } = await home({ ".docker/config.json": { auths } });
      const find = credentialsFrom({ environment });
      const error: unknown = await find("r.example/a").catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "UNREACHABLE",
        message: expect.stringContaining(`${join(path, ".docker/config.json")} has a registrytoken for r.example `),
        next: expect.any(String),
      });
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("SECRET");
      expect(await find("other.example/a")).toEqual({ kind: "registry-token", token: "raw" });
    },
  );

  it("takes an empty file for one without credentials", async () => {
    const { environment } = await home({ ".docker/config.json": "" });
    expect(await credentialsFrom({ environment })("r.example")).toBeUndefined();
  });

  it("prefers credHelpers to credsStore to auths", async () => {
    const config = {
      credHelpers: { "own.example": "own" },
      credsStore: "store",
      auths: { "file.example": basic("file") },
    };
    const { path, environment } = await home({ ".docker/config.json": config });
    await helper(path, "own", answering("own", "p"));
    await helper(
      path,
      "store",
      `if (input === "file.example") { console.log("credentials not found in native keychain"); process.exit(1); }
      ${answering("store", "p")}`,
    );
    const find = credentialsFrom({ environment });
    expect(await find("own.example/a")).toEqual(user("own"));
    expect(await find("other.example/a")).toEqual(user("store"));
    expect(await find("file.example/a")).toEqual(user("file"));
  });

  it("tells a helper the server as docker does, once", async () => {
    const { path, environment } = await home({ ".docker/config.json": { credsStore: "x" } });
    await helper(path, "x", answering("u", "p"));
    const find = credentialsFrom({ environment });
    await Promise.all([find("docker.io/a/b"), find("docker.io/a/c"), find("r.example:5000/a"), find("r.example:5000")]);
    const calls = (await readFile(join(path, "calls"), "utf8")).trim().split("\n");
    expect(calls.toSorted()).toEqual(["get https://index.docker.io/v1/", "get r.example:5000"]);
  });

  it.each([
    [answering("<token>", "idt"), { kind: "identity-token", token: "idt" }],
    [answering("", ""), undefined],
    ['console.log("credentials not found in native keychain"); process.exitCode = 1', undefined],
  ])("reads a helper's answer: %s", async (body, expected) => {
    const { path, environment } = await home({ ".docker/config.json": { credsStore: "x" } });
    await helper(path, "x", body);
    expect(await credentialsFrom({ environment })("r.example")).toEqual(expected);
  });

  it.each([
    ["fails", 'console.log("SECRET"); process.exitCode = 2', "failed with status 2"],
    ["talks nonsense", 'console.log("SECRET")', "cannot be read"],
    ["never ends", "setInterval(() => {}, 1000)", "did not answer within"],
    [
      "leaves a child behind that never ends",
      'require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 3000)"], { stdio: "inherit" })',
      "did not answer within",
    ],
    ["talks without end", 'for (;;) fs.writeSync(1, "x".repeat(65536))', "answers without end"],
  ])("says of a helper that %s which file names it, and nothing of what it said", async (_, body, says) => {
    const { path, environment } = await home({ ".docker/config.json": { credsStore: "x" } });
    await helper(path, "x", body);
    const limit = says.startsWith("did not") ? { helperTimeout: 700 } : {};
    const find = credentialsFrom({ environment, ...limit });
    const error: unknown = await find("r.example").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringMatching(`docker-credential-x, named in ${join(path, ".docker/config.json")}, .*${says}`),
      next: expect.any(String),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("SECRET");
  });

  it.each(["../evil", "a b", "x;touch y", "$(touch y)", "a/b", "x\n"])(
    "runs no helper named %j",
    async (credsStore) => {
      const { environment } = await home({ ".docker/config.json": { credsStore } });
      await expect(credentialsFrom({ environment })("r.example")).rejects.toThrow("is refused");
    },
  );

  it("says that a helper is not installed", async () => {
    const { environment } = await home({ ".docker/config.json": { credsStore: "nowhere" } });
    await expect(credentialsFrom({ environment })("r.example")).rejects.toThrow("is not installed");
  });
});
