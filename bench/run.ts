import { newStage, type Stage } from "../test/real/harness/stage.ts";
import { bundle } from "../test/support/bundle.ts";

/** Measures and resolves to the sentences that say what came out. */
export type Benchmark = (stage: Stage) => Promise<readonly string[]>;

const benchmarks: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  removal: () => import("./removal.ts"),
  requests: () => import("./requests.ts"),
  tags: () => import("./tags.ts"),
  "start-up": () => import("./start-up.ts"),
  embedded: () => import("./embedded.ts"),
  gc: () => import("./gc.ts"),
  tui: () => import("./tui.ts"),
};

await bundle();
const names = process.argv.slice(2);
const chosen = names.length === 0 ? Object.keys(benchmarks) : names;
for (const name of chosen) {
  const load = benchmarks[name];
  if (load === undefined) throw new Error(`no benchmark "${name}"; there are ${Object.keys(benchmarks).join(", ")}`);
  const { benchmark } = await load();
  const { stage, close } = newStage();
  try {
    for (const sentence of await benchmark(stage)) process.stdout.write(`${name}: ${sentence}\n`);
  } finally {
    await close();
  }
}
