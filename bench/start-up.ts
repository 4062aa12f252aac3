import { spawnSync } from "node:child_process";
import { bundledMain } from "../test/real/harness/bundle.ts";
import { startDockerRegistry } from "../test/real/harness/docker-registry.ts";
import { environmentFor } from "../test/real/harness/environment.ts";
import { newImage, push } from "../test/real/harness/images.ts";
import { median, ratio } from "./measure.ts";
import type { Benchmark } from "./run.ts";

const rounds = 21;

/** Whole processes of the bundled command line beside `node -e 0`, in turns. */
export const benchmark: Benchmark = async (stage) => {
  const server = await startDockerRegistry(stage);
  await push(server, "team/app", newImage(), ["latest", "test1"]);
  const env = environmentFor(stage);
  const commands = {
    nothing: ["-e", "0"],
    "--version": [bundledMain, "--version"],
    "--help": [bundledMain, "--help"],
    "completion bash": [bundledMain, "completion", "bash"],
    "tags --fast": [bundledMain, "tags", "--fast", `${server.host}/team/app`],
  };
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    }
  }
  const nothing = median(times.get("nothing") ?? []);
  return Object.keys(commands)
    .filter((name) => name !== "nothing")
    .map(
      (name) =>
        `${ratio(median(times.get(name) ?? []), nothing)} times node -e 0 for tagwise ${name} (medians of ${rounds})`,
    );
};
