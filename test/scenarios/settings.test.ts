import { describe, expect, it } from "vitest";
import { setScene } from "./scene.ts";

describe("settings", () => {
  const scene = setScene();

  it.each([
    ["default", {}, "", [], "charts/shop\n"],
    ["a file of comments", {}, "# output: jsonl\n---\n", [], "charts/shop\n"],
    ["file before default", {}, "output: jsonl", [], '{"repository":"charts/shop"}\n'],
    ["environment before file", { TAGWISE_OUTPUT: "json" }, "output: jsonl", [], /^\{"registry":.*"charts\/shop"/],
    ["flag before environment", { TAGWISE_OUTPUT: "json" }, "output: jsonl", ["-o", "text"], "charts/shop\n"],
  ])("%s", async (_what, environment, file, flags, expected) => {
    scene.write("config/tagwise/config.yaml", file);
    const { stdout, code } = await scene.tagwise(["ls", `${scene.host()}/charts`, ...flags], { environment });
    scene.write("config/tagwise/config.yaml", "");
    expect(code).toBe(0);
    if (typeof expected === "string") expect(stdout).toBe(expected);
    else expect(stdout).toMatch(expected);
  });

  it("--verbose tells each request in order on standard error, and --quiet leaves results and errors", async () => {
    const loud = await scene.tagwise(["ls", scene.host(), "-v"]);
    expect(loud.stderr).toMatch(/GET http:\/\/127\.0\.0\.1:\d+\/v2\/_catalog\S* → 200/);
    const quiet = await scene.tagwise(["ls", `${scene.host()}/nothing/here`, "--quiet"]);
    expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
    const failing = await scene.tagwise(["tags", `${scene.host()}/nothing/here`, "--quiet"]);
    expect(failing.code).toBe(1);
    expect(failing.stderr).toMatch(/^tagwise: [^\n]+\n {2}list the repositories with: tagwise ls 127.0.0.1:\d+\n$/);
  });

  it.each([
    ["a flag against the environment", { TAGWISE_PLAIN_HTTP: "1" }, "", ["--tls"], "https"],
    ["a flag against the file", {}, "plain-http: true", ["--tls"], "https"],
    ["the environment against the file", { TAGWISE_PLAIN_HTTP: "1" }, "tls: true", [], "http"],
    ["a switch that the environment puts off", { TAGWISE_TLS: "0" }, "tls: true", [], "http"],
  ])("%s decides between http and https", async (_what, environment, file, flags, scheme) => {
    scene.write("config/tagwise/config.yaml", file);
    const args = ["ls", scene.host(), "--retries", "0", ...flags];
    const { code, stderr } = await scene.tagwise(args, { environment });
    scene.write("config/tagwise/config.yaml", "");
    expect(code).toBe(scheme === "http" ? 0 : 1);
    expect(stderr.includes("does not speak https")).toBe(scheme === "https");
  });

  it("no cache by the environment or the file is no cache, and errors come as was asked", async () => {
    const read = async (environment: Readonly<Record<string, string>>) => {
      scene.requests();
      await scene.tagwise(["tags", `${scene.host()}/team/shop`], { environment });
      return scene.requests().filter((request) => request.startsWith("GET ") && request.includes("sha256:")).length;
    };
    const [first, second] = [await read({}), await read({})];
    expect(first).toBeGreaterThan(0);
    expect([second, await read({ TAGWISE_CACHE: "0" })]).toEqual([0, first]);
    scene.requests();
    await scene.tagwise(["--no-cache", "tags", `${scene.host()}/team/shop`]);
    expect(scene.requests().filter((request) => /^GET .*sha256:/.test(request))).toHaveLength(first);
    scene.write("config/tagwise/config.yaml", "cache: false");
    expect(await read({})).toBe(first);
    scene.write("config/tagwise/config.yaml", "output: json");
    const asked = ["tags", `${scene.host()}/nothing/here`];
    expect(JSON.parse((await scene.tagwise(asked)).stdout).error.code).toBe("NAME_UNKNOWN");
    const inWords = await scene.tagwise([...asked, "-o", "text"], { environment: { TAGWISE_OUTPUT: "json" } });
    expect(inWords.stderr).toMatch(/^tagwise: /);
    scene.write("config/tagwise/config.yaml", "");
  });

  it("--quiet keeps quiet of the way, not of what came of it", async () => {
    const args = ["rm", `${scene.host()}/team/shop:1.4`, "--protect", "1.4", "--yes", "--quiet"];
    expect(await scene.tagwise(args)).toMatchObject({ code: 4, stdout: expect.stringContaining('protected by "1.4"') });
  });

  it.each(["0", "0.1ms", "99999999h"])("a timeout of %s is refused", async (timeout) => {
    const { code, stderr } = await scene.tagwise(["ls", scene.host(), "--timeout", timeout]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--timeout takes from 1ms to 24d")]);
  });

  it("protects what environment and file name, however it is written, and takes no number for a tag", async () => {
    const dryRun = ["rm", `${scene.host()}/team/shop:1.4`, "--dry-run"];
    for (const TAGWISE_PROTECT of ["other, 1.4", "{1.4,other}", " 1.4 ,", "other\n1.4", "other 1.4"]) {
      const { code } = await scene.tagwise(dryRun, { environment: { TAGWISE_PROTECT } });
      expect([TAGWISE_PROTECT, code]).toEqual([TAGWISE_PROTECT, 4]);
    }
    for (const [text, code] of [
      ['protect: ["1.4"]', 4],
      ["protect: [1.4]", 2],
      ["protect: 1.4", 2],
      ["protect: {a: b}", 2],
    ] as const) {
      scene.write("config/tagwise/config.yaml", text);
      expect([text, (await scene.tagwise(dryRun)).code]).toEqual([text, code]);
    }
    scene.write("config/tagwise/config.yaml", "");
  });

  it("never colours what no terminal reads", async () => {
    for (const environment of [{}, { NO_COLOR: "1" }, { FORCE_COLOR: "1", TERM: "xterm-256color" }]) {
      const { stdout, stderr } = await scene.tagwise(["inspect", `${scene.host()}/team/shop:1.4`], { environment });
      expect(stdout + stderr).not.toContain("\u001b");
    }
  });

  it("a registry that is not there is told with the next step, as text and as JSON", async () => {
    const args = ["tags", "127.0.0.1:1/team/app", "--retries", "0"];
    const text = await scene.tagwise(args);
    expect(text).toMatchObject({ code: 1, stdout: "" });
    expect(text.stderr).toMatch(/^tagwise: cannot connect to 127\.0\.0\.1:1.*\n {2}\S/);
    const json = await scene.tagwise([...args, "-o", "json"]);
    expect(JSON.parse(json.stdout)).toEqual({
      error: { code: "UNREACHABLE", message: expect.any(String), next: expect.any(String) },
    });
  });
});
