import { bundledMain } from "../../support/bundle.ts";
import type { RegistryServer } from "./registry-server.ts";
import { type Finished, type RunOptions, run, succeed } from "./run.ts";
import type { Stage } from "./stage.ts";

/** What node is given to run the command line. */
export const commandLine: readonly string[] = [bundledMain];

/** Runs the command line as a person would. */
export function tagwise(stage: Stage, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return run(stage, process.execPath, [...commandLine, ...args], options);
}

/** Runs the command line and expects exit code 0; resolves to what it printed. */
export function tagwiseDone(stage: Stage, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return succeed(stage, process.execPath, [...commandLine, ...args], options);
}

/** What a run said, cut to what a failed test can show; of an outcome how many tags ended in which way. */
export function told({ code, stdout, stderr }: Finished): string {
  const ends = new Map<string, number>();
  for (const [, outcome, reason = ""] of stdout.matchAll(/"outcome":"(\w+)"(?:[^{}]*?"reason":"([^"]*))?/g)) {
    const end = `${outcome} ${reason}`;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  const words = [...ends].map(([end, count]) => `${count} ${end}`).join("\n");
  return `exit code ${code}\n${stderr.slice(0, 1500)}\n${words}\n${stdout.slice(0, 300)} … ${stdout.slice(-300)}`;
}

/** Prints how many tags a run under `-o json` ended with as they were to, and in how many requests. */
export function printCount(what: string, { stdout }: Pick<Finished, "stdout">): void {
  const { tags, requests } = JSON.parse(stdout) as Outcome;
  const ends = tags.map(({ outcome }) => outcome);
  const counts = [...new Set(ends)].map((end) => `${ends.filter((one) => one === end).length} ${end}`);
  process.stdout.write(`${what}: ${counts.join(", ") || "no tag"} in ${requests} requests\n`);
}

/** How a person tells tagwise about the connection to a registry; credentials lie where docker keeps them. */
export function connectionTo({ caFile }: RegistryServer): readonly string[] {
  return caFile === undefined ? [] : ["--tls", "--ca", caFile];
}

/** What `rm`, `undo` and `recover` answer under `-o json`. */
export interface Outcome {
  readonly operation: string;
  readonly dryRun: boolean;
  readonly tags: readonly {
    readonly repository: string;
    readonly tag: string;
    readonly digest: string;
    readonly outcome: string;
    readonly strategy: string;
    readonly siblings: readonly string[] | null;
    readonly undoable: boolean;
    readonly reason?: string;
    readonly code?: string;
  }[];
  readonly proof: string;
  readonly moved: readonly unknown[];
  readonly restored: readonly unknown[];
  readonly requests: number;
}
