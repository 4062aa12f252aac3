import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";

/** A temporary directory and all that was started in it; everything ends when the suite does. */
export interface Stage {
  readonly directory: string;
  /** A fresh directory of its own. */
  newDirectory(name: string): string;
  /** Runs when the stage closes, the latest first. */
  defer(undo: () => Promise<void> | void): void;
  /** Keeps a log that is printed when a test fails. */
  keepLog(name: string, read: () => string): void;
}

/** Opens a stage for the suite in whose body it is called. */
export function openStage(): Stage {
  const logs = new Map<string, () => string>();
  afterEach(({ task }) => {
    if (task.result?.state === "fail") for (const [name, read] of logs) printLog(name, read());
  });
  const { stage, close } = bareStage((name, read) => logs.set(name, read));
  afterAll(close);
  return stage;
}

/** A stage outside of a test run, such as a benchmark's; the caller closes it. */
export function bareStage(keepLog: Stage["keepLog"] = () => {}): {
  readonly stage: Stage;
  readonly close: () => Promise<void>;
} {
  let root: string | undefined;
  let count = 0;
  const undos: (() => Promise<void> | void)[] = [];
  const stage: Stage = {
    get directory() {
      root ??= mkdtempSync(join(tmpdir(), "tagwise-real-"));
      return root;
    },
    newDirectory(name) {
      const path = join(stage.directory, `${name}-${++count}`);
      mkdirSync(path);
      return path;
    },
    defer: (undo) => void undos.push(undo),
    keepLog,
  };
  const close = async () => {
    for (const undo of undos.splice(0).reverse()) await undo();
    if (root !== undefined) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
  return { stage, close };
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
