import process from "node:process";
import type { Script } from "node:vm";
import { type CodeFile, codeFile } from "./code-file.ts";

/** V8's compiled code of the chunks that a command loads. */
export interface CompiledCode {
  /** The code of a chunk that an earlier run kept; undefined for none. */
  of(chunk: string): Uint8Array | undefined;
  /** To be called with each chunk's script, compiled with the code from `of`. */
  note(chunk: string, script: Script): void;
}

/**
 * Keeps one file for each command in the cache, so that one read brings all its code. A successful run that had to
 * compile a chunk itself writes the file anew, with every function that the run has used.
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
