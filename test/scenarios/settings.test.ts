import { describe, expect, it } from "vitest";
import { setScene } from "./scene.ts";

describe("settings", () => {
  const scene = setScene();

  it.each([
    ["default", {}, "", [], "charts/shop\n"],
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
    expect(failing.stderr).toMatch(/^tagwise: .+\n {2}list the repositories with: tagwise ls HOST\n$/);
  });

  it("protects what environment and file name, however it is written, and takes no number for a tag", async () => {
    const dryRun = ["rm", `${scene.host()}/team/shop:1.4`, "--dry-run"];
    for (const TAGWISE_PROTECT of ["other, 1.4", "{1.4,other}", " 1.4 ,"]) {
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
