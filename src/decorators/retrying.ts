import { setTimeout } from "node:timers/promises";
import { hasCode, isAbsent, RegistryError } from "../registry/errors.ts";
import { describe } from "../registry/image.ts";
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
 * Repeats calls whose failure may pass, after exponential backoff with jitter, and no sooner than `Retry-After` asks
 * for. After a change without an answer it first reads whether the change was carried out. The deletion of a tag is
 * repeated only where it was certainly not carried out.
 */
export function retrying(registry: Registry, options: RetryingOptions = {}): Registry {
  const repeat = repeater(options);
  const patient = intercept(registry, (call, proceed) => repeat(proceed, mayRepeat[call.method], signalOf(call)));
  return {
    ...patient,

    async putManifest(repository, reference, manifest) {
      const descriptor = describe(manifest);
      const stands = async () => (await patient.resolve(repository, reference)).digest === descriptor.digest;
      const put = () => registry.putManifest(repository, reference, manifest);
      return repeat(settling(put, { isDone: orAbsent(stands, false), result: descriptor }), isPassing);
    },
    async deleteManifest(repository, digest, options) {
      const isGone = orAbsent(() => patient.resolve(repository, digest).then(() => false), true);
      const remove = onceMore(() => registry.deleteManifest(repository, digest, options));
      await repeat(settling(remove, { isDone: isGone, result: undefined }), isPassing);
    },
    async deleteTag(repository, tag, by) {
      const isGone = orAbsent(() => patient.resolve(repository, tag).then(() => false), true);
      const remove = () => registry.deleteTag(repository, tag, by);
      await repeat(settling(remove, { isDone: isGone, result: undefined }), isCertainlyUndone);
    },
    async deleteBlob(repository, digest) {
      const isGone = orAbsent(() => patient.statBlob(repository, digest).then(() => false), true);
      const remove = onceMore(() => registry.deleteBlob(repository, digest));
      await repeat(settling(remove, { isDone: isGone, result: undefined }), isPassing);
    },
  };
}

type Verdict = (error: unknown) => boolean;

/**
 * Which failures of each method may be repeated. For an upload and a blob, that concerns only opening it, not its
 * content.
 */
const mayRepeat: Readonly<Record<keyof Registry, Verdict>> = {
  listRepositories: isPassingRead,
  listTags: isPassingRead,
  listReferrers: isPassingRead,
  resolve: isPassingRead,
  getManifest: isPassingRead,
  statBlob: isPassingRead,
  getBlob: isPassingRead,
  putManifest: isPassing,
  deleteManifest: isPassing,
  deleteTag: isCertainlyUndone,
  deleteBlob: isPassing,
  openUpload: isPassing,
  mountBlob: isPassing,
};

function isPassing(error: unknown): boolean {
  // with a next step and no time to wait for, a person has to act first
  if (hasCode(error, "UNREACHABLE")) return error.next === undefined || error.retryAfter !== undefined;
  return hasCode(error, "LOST", "UNAVAILABLE", "TOOMANYREQUESTS");
}

/** True for a failure after which a read may be repeated, every 5xx among them. */
export function isPassingRead(error: unknown): boolean {
  return isPassing(error) || (hasCode(error, "UNKNOWN") && error.status >= 500);
}

function isCertainlyUndone(error: unknown): boolean {
  return isPassing(error) && !isUncertain(error);
}

/** True where the call may have been carried out: no answer, or a 502 to 504 of a proxy without `Retry-After`. */
function isUncertain(error: unknown): boolean {
  return hasCode(error, "LOST") || (hasCode(error, "UNAVAILABLE") && error.retryAfter === undefined);
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
        if (error instanceof Unsettled) throw error.lost;
        if (!verdict(error)) throw error;
        await wait(waitAfter(error, failures), signal);
      }
    }
  };
}

interface Settling<Result> {
  /** Reads whether the change was carried out. */
  readonly isDone: () => Promise<boolean>;
  readonly result: Result;
}

/** Makes a change; where its answer is lost, reads whether it was carried out. */
function settling<Result>(change: () => Promise<Result>, { isDone, result }: Settling<Result>): () => Promise<Result> {
  return async () => {
    try {
      return await change();
    } catch (error) {
      if (!isUncertain(error)) throw error;
      const done = await isDone().catch(() => {
        throw new Unsettled(error);
      });
      if (done) return result;
      throw error;
    }
  };
}

/** The answer to a change was lost, and reading whether it was carried out failed too: it must not be repeated. */
class Unsettled extends Error {
  readonly lost: unknown;
  constructor(lost: unknown) {
    super();
    this.lost = lost;
  }
}

/** Makes a deletion that succeeds on a 404 where the answer to an earlier try was lost. */
function onceMore(remove: () => Promise<void>): () => Promise<void> {
  let wasLost = false;
  return async () => {
    try {
      await remove();
    } catch (error) {
      if (wasLost && isAbsent(error)) return;
      wasLost ||= isUncertain(error);
      throw error;
    }
  };
}

function orAbsent(ask: () => Promise<boolean>, absent: boolean): () => Promise<boolean> {
  return () =>
    ask().catch((error) => {
      if (isAbsent(error)) return absent;
      throw error;
    });
}
