import { spawn } from "node:child_process";
import { type Environment, environmentFor } from "./environment.ts";
import { program } from "./programs.ts";
import type { Stage } from "./stage.ts";

export interface RunOptions {
  readonly environment?: Environment;
  readonly input?: string | Uint8Array;
  readonly directory?: string;
  readonly signal?: AbortSignal;
  /** Called with the process id as soon as there is one. */
  readonly onStart?: (pid: number) => void;
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
}

/** Runs a program to its end, whatever its exit code. */
export function run(stage: Stage, name: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(program(name), args, {
    env: environmentFor(stage, options.environment),
    ...(options.directory !== undefined && { cwd: options.directory }),
    ...(options.signal !== undefined && { signal: options.signal, killSignal: "SIGKILL" }),
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk) => stdout.push(chunk));
  child.stderr.on("data", (chunk) => stderr.push(chunk));
  child.stdin.on("error", () => {}); // a program may end before it reads its input
  child.stdin.end(options.input);
  return new Promise((resolve, reject) => {
    child.on("error", (error) => (error.name === "AbortError" ? undefined : reject(error)));
    child.on("close", (code) =>
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        code: code ?? undefined,
      }),
    );
  });
}

/** Runs a program that must succeed; resolves to what it printed. Throws with its words where it fails. */
export async function succeed(
  stage: Stage,
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { stdout, stderr, code } = await run(stage, name, args, options);
  if (code !== 0) throw new Error(`${name} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  return stdout.trimEnd();
}
