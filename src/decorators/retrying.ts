import { setTimeout } from "node:timers/promises";
import { hasCode, isPassing, isUnexplained, RegistryError } from "../registry/errors.ts";
import { isDigest } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import { intercept, type RegistryCall } from "./intercept.ts";

/** How often and after what waits failed calls are repeated. */
export interface RetryingOptions {
  /** How often a call is repeated after a failure that may pass; 3 by default. */
  readonly retries?: number;
  /** The most milliseconds of the first wait, doubled with each repetition; 500 by default. */
  readonly firstWait?: number;
  /** In milliseconds, 60,000 by default. Where the registry asks for a longer wait, its error is thrown at once. */
  readonly longestWait?: number;
  /** A random number from 0 to 1, by which waits are shortened. */
  readonly random?: () => number;
  /** Waits, or rejects early when the signal is aborted. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Repeats calls that may be repeated blindly where their failure may pass, after exponential backoff with jitter, and no
 * sooner than `Retry-After` asks for. Changes to a tag and deletions pass through as they are: before another try their
 * caller has to find out whether the first was carried out, and whether somebody has pushed since.
 */
export function retrying(registry: Registry, options: RetryingOptions = {}): Registry {
  const repeat = repeater(options);
  return intercept(registry, (call, proceed) => {
    const isWorthIt = verdictOn(call);
    return isWorthIt === undefined ? proceed() : repeat(proceed, isWorthIt, signalOf(call));
  });
}

type Verdict = (error: unknown) => boolean;

/** Which failures of a call may be repeated; undefined for none. */
function verdictOn({ method, args }: RegistryCall): Verdict | undefined {
  return method === "putManifest" && !isDigest(args[1]) ? undefined : mayRepeat[method];
}

/** For an upload and a blob, that concerns only opening it, not its content; for a push, one to a digest. */
const mayRepeat: Readonly<Record<keyof Registry, Verdict | undefined>> = {
  listRepositories: isRepeatableRead,
  listTags: isRepeatableRead,
  listReferrers: isRepeatableRead,
  resolve: isRepeatableRead,
  getManifest: isRepeatableRead,
  statBlob: isRepeatableRead,
  getBlob: isRepeatableRead,
  putManifest: isRepeatable,
  deleteManifest: undefined,
  deleteTag: undefined,
  deleteBlob: undefined,
  openUpload: isRepeatable,
  mountBlob: isRepeatable,
};

function isRepeatable(error: unknown): boolean {
  // with a next step and no time to wait for, a person has to act first
  const waitsForAct = hasCode(error, "UNREACHABLE") && error.next !== undefined && error.retryAfter === undefined;
  return isPassing(error) && !waitsForAct;
}

/** True for a failure after which a read may be repeated, every 5xx among them. */
export function isRepeatableRead(error: unknown): boolean {
  return isRepeatable(error) || isUnexplained(error);
}

function signalOf(call: RegistryCall): AbortSignal | undefined {
  if (call.method === "listRepositories") return call.args[0]?.signal;
  if (call.method === "listTags") return call.args[1]?.signal;
  return call.method === "listReferrers" ? call.args[2]?.signal : undefined;
}

type Repeat = <Result>(attempt: () => Promise<Result>, verdict: Verdict, signal?: AbortSignal) => Promise<Result>;

/** Repeats an attempt for as long as the verdict on its failure allows and the options have it. */
export function repeater({
  retries = 3,
  firstWait = 500,
  longestWait = 60_000,
  random = Math.random,
  sleep = (milliseconds, signal) => setTimeout(milliseconds, undefined, { ...(signal && { signal }) }),
}: RetryingOptions): Repeat {
  const waitAfter = (error: unknown, failures: number): number => {
    const asked = error instanceof RegistryError ? (error.retryAfter ?? 0) * 1000 : 0;
    if (failures >= retries || asked > longestWait) throw error;
    return asked + random() * Math.min(longestWait, firstWait * 2 ** failures);
  };
  const wait = (milliseconds: number, signal?: AbortSignal) =>
    sleep(milliseconds, signal).finally(() => signal?.throwIfAborted());
  return async (attempt, verdict, signal) => {
    for (let failures = 0; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        if (!verdict(error)) throw error;
        await wait(waitAfter(error, failures), signal);
      }
    }
  };
}
