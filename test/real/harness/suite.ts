import { afterAll, afterEach, describe, it } from "vitest";
import { isInstalled } from "./programs.ts";
import { newStage, type Stage } from "./stage.ts";

/** `describe` where all programs are there; on CI a failed test, elsewhere a skip that says why. */
export function describeWith(programs: readonly string[], title: string, body: () => void): void {
  const missing = programs.filter((name) => !isInstalled(name));
  const reason = `not installed: ${missing.join(", ")} (scripts/install-real.sh installs them)`;
  if (missing.length === 0) {
    describe(title, body);
  } else if (process.env.CI === "true") {
    it(`${title}: its servers and clients are there`, () => {
      throw new Error(reason);
    });
  } else {
    describe.skip(`${title}: ${reason}`, body);
  }
}

/** `it` for what only root may do, such as to mount a disk; on CI it runs, and fails, without root too. */
export function itAsRoot(title: string, body: () => Promise<void>): void {
  it.skipIf(process.getuid?.() !== 0 && process.env.CI !== "true")(`${title} (needs root, to mount a disk)`, body);
}

/** Opens a stage for the suite in whose body it is called. */
export function openStage(): Stage {
  const logs = new Map<string, () => string>();
  afterEach(({ task }) => {
    if (task.result?.state === "fail") for (const [name, read] of logs) printLog(name, read());
  });
  const { stage, close } = newStage((name, read) => logs.set(name, read));
  afterAll(close);
  return stage;
}

function printLog(name: string, text: string): void {
  const tail = text
    .trimEnd()
    .split("\n")
    .slice(-15)
    .map((line) => line.slice(0, 400))
    .join("\n");
  process.stderr.write(`\n--- last lines of ${name}\n${tail}\n`);
}
