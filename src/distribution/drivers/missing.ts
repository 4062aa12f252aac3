import { lstatSync, type Stats, statSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isNoSuchPath } from "../../support/system-error.ts";
import { unreachable } from "./unreadable.ts";

/** Resolves to `fallback` where a file or folder does not exist; every other error is thrown on. */
export async function unlessMissing<Value, Fallback>(
  promise: Promise<Value>,
  fallback: Fallback,
): Promise<Value | Fallback> {
  try {
    return await promise;
  } catch (error) {
    if (!isNoSuchPath(error)) throw error;
    if (error.path !== undefined) await refuseLost(error.path);
    return fallback;
  }
}

/** Returns undefined where a file or folder does not exist; every other error is thrown on. */
export function missing<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (!isNoSuchPath(error)) throw error;
    if (error.path !== undefined) refuseLostNow(error.path);
    return undefined;
  }
}

/**
 * `stat` of a path; undefined where it does not exist. Without an exception for each missing file, which would cost
 * more than the rest.
 */
export function statUnlessMissing(path: string): Stats | undefined {
  const found = missing(() => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) refuseLostNow(path);
  return found;
}

/**
 * Throws where a path is missing only because a symbolic link on it leads nowhere, as one to a disk that is not
 * mounted: what lies behind it is not gone, and whoever took it for gone would delete what it needs.
 */
async function refuseLost(path: string): Promise<void> {
  for (let place = path; ; place = dirname(place)) {
    const found = await lstat(place).catch(noneThere);
    if (found === undefined && place !== dirname(place)) continue;
    if (found?.isSymbolicLink() && (await stat(place).catch(noneThere)) === undefined) throw unreachable(place);
    return;
  }
}

function refuseLostNow(path: string): void {
  for (let place = path; ; place = dirname(place)) {
    const found = lookNow(lstatSync, place);
    if (found === undefined && place !== dirname(place)) continue;
    if (found?.isSymbolicLink() && lookNow(statSync, place) === undefined) throw unreachable(place);
    return;
  }
}

function lookNow(look: typeof lstatSync | typeof statSync, place: string): Stats | undefined {
  try {
    return look(place, { throwIfNoEntry: false });
  } catch (error) {
    return noneThere(error);
  }
}

function noneThere(error: unknown): undefined {
  if (!isNoSuchPath(error)) throw error;
}
