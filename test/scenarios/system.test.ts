import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRegistry } from "../support/sample-registry.ts";
import { setScene } from "./scene.ts";

describe("what the system refuses is told in words, with the next step", () => {
  const scene = setScene();
  const file = () => join(scene.home, "file");

  it.each([
    ["storage that is a file", ["registry", "--storage", "FILE"], "FILE: something else lies there already"],
    ["another machine's address", ["registry", "--addr", "192.0.2.1:0"], "192.0.2.1: this machine has no such address"],
  ])("%s", async (_what, args, says) => {
    scene.write("file", "");
    const named = (text: string) => text.replace("FILE", file());
    const { code, stdout, stderr } = await scene.tagwise(args.map(named));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`tagwise: ${named(says)}`);
    expect(stderr).toMatch(/\n {2}\S.*\n$/);
  });
});

describe("inspect", () => {
  const scene = setScene();

  it("names the tag that is not there", async () => {
    const { code, stderr } = await scene.tagwise(["inspect", `${scene.host()}/team/alpine:nope`]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `tagwise: ${scene.host()}/team/alpine:nope is not there\n  list the tags with: tagwise tags ${scene.host()}/team/alpine\n`,
    );
  });
});

describe("tags", () => {
  const scene = setScene();

  it("asks no further where nobody reads on, as behind head", async () => {
    let asked = 0;
    const { host, push } = await openRegistry({
      async gate({ method }) {
        if (method !== "resolve") return;
        asked++;
        await new Promise((resolve) => setTimeout(resolve, 2));
      },
    });
    await push(
      "app",
      Array.from({ length: 1_000 }, (_, index) => `v${index}`),
    );
    const args = ["tags", `${host}/app`, "--fast", "-o", "jsonl"];
    const { code } = await scene.tagwise(args, { closes: ["stdout"] });
    expect(code).toBe(0);
    expect(asked).toBeLessThan(500);
  });
});
