import { spawn } from "node:child_process";
import { expect, it } from "vitest";

const source = new URL("./until-answered.ts", import.meta.url).href;

/** Runs some work in a process of its own. */
function running(work: string, args: readonly string[] = []): Promise<readonly [code: number | null, said: string]> {
  const script = `import { untilAnswered } from ${JSON.stringify(source)};
    await untilAnswered(${work}, ${JSON.stringify(args)});`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  return new Promise((resolve) => child.on("close", (code) => resolve([code, said])));
}

it("a promise that is lost is a failure, and told as one", async () => {
  const inWords = expect.stringMatching(/^tagwise: it ended before it had an answer\n {2}run it with --verbose.*\n$/);
  expect(await running("() => new Promise(() => {})")).toEqual([1, inWords]);
  const [code, said] = await running("() => new Promise(() => {})", ["ls", "r.example", "-o", "json"]);
  expect([code, JSON.parse(said).error.code]).toEqual([1, "FAILED"]);
});

it("work that ends says itself how", async () => {
  expect(await running("async () => (process.exitCode = 3)")).toEqual([3, ""]);
  expect(await running("async () => (process.exitCode = 0)")).toEqual([0, ""]);
});
