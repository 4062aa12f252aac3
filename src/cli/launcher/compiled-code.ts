import process from "node:process";
import type { Script } from "node:vm";
import { type CodeFile, codeFile } from "./code-file.ts";

/** V8's code of the chunks that a command loads. */
export interface CompiledCode {
  /** What an earlier run kept of this chunk. */
  of(chunk: string): Uint8Array | undefined;
  /** A chunk was compiled, with the help of what `of` said. */
  note(chunk: string, script: Script): void;
}

/**
 * Each command has a file of its own in the cache: one read brings all that it needs. When a run ends well that had to
 * compile a chunk itself, the file is written anew, with every function that the run has used.
 */
export function compiledCode(command: string | undefined, environment: NodeJS.ProcessEnv): CompiledCode {
  const file = codeFile(command ?? "ui", environment);
  const kept = file?.read();
  const scripts = new Map<string, Script>();
  let isComplete = true;

  if (file !== undefined) process.once("exit", (exitCode) => exitCode === 0 && !isComplete && keep(file));

  function keep(target: CodeFile): void {
    target.write(new Map([...scripts].map(([chunk, script]) => [chunk, script.createCachedData()])));
  }

  return {
    of: (chunk) => kept?.get(chunk),
    note(chunk, script) {
      scripts.set(chunk, script);
      if (!kept?.has(chunk) || script.cachedDataRejected) isComplete = false;
    },
  };
}
