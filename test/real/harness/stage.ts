import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

/** Opens a stage that the caller closes. */
export function newStage(keepLog: Stage["keepLog"] = () => {}): {
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
