import { basename } from "node:path";
import { RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import type { Clock } from "../../support/clock.ts";
import { messageOf } from "../../support/message-of.ts";
import type { Emit } from "../../untag/events.ts";
import {
  type Journal,
  type Operation,
  type OperationTag,
  outcomesOf,
  stateOf,
  type Unreadable,
  undoableTags,
} from "../../untag/journal/journal.ts";
import { type Undone, undo } from "../../untag/recovery/undo.ts";
import type { RepositoryReport } from "../../untag/report.ts";
import type { Session } from "../session.ts";
import { bareReport } from "./bare-report.ts";
import { holding } from "./holding.ts";
import type { Places } from "./remove-tags.ts";

/** What is to be put back: an operation, and those of its tags that were asked for. */
export interface UndoRequest {
  readonly operation: Operation;
  readonly tags: readonly OperationTag[];
}

/** How tags are put back; `force` overwrites later pushes, `wait` is in milliseconds. */
export interface UndoOptions extends Places {
  readonly force: boolean;
  readonly wait: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** A tag that the person named. */
export interface TagName {
  readonly host: string;
  readonly repository: RepositoryName;
  readonly tag: Tag;
  /** The digest that it pointed to; without it, any. */
  readonly digest?: Digest;
}

/** What is to be found: an operation by its name, or the last with all of these tags. */
export interface UndoQuery {
  readonly operation?: string | undefined;
  /** Every tag of the operation by default. */
  readonly names?: readonly TagName[];
  /** Only operations on this registry. */
  readonly host?: string;
}

/**
 * Finds what to undo: the named operation, the last that removed all named tags, or the last of all. Throws
 * `NOTHING_TO_UNDO`, `JOURNAL_DAMAGED`.
 */
export async function findUndoable(
  { journal }: Pick<Places, "journal">,
  { operation: id, names = [], host }: UndoQuery,
): Promise<UndoRequest> {
  const { operations: all, unreadable } = id === undefined ? await journal.list() : await onlyOne(journal, id);
  const operations = host === undefined ? all : all.filter(({ registry }) => registry.host === host);
  if (id === undefined && names.length === 0) expectRemoval(operations);
  for (const operation of operations) {
    const isOpen = stateOf(operation) === "open";
    // an operation that is still at work has no outcomes yet: `undoRemoval` waits for its lock
    const tags = (isOpen ? outcomesOf(operation) : undoableTags(operation)).filter(
      (tag) => names.length === 0 || names.some((name) => isNamed(operation, tag, name)),
    );
    if (tags.length === 0) continue;
    // an older operation with all of them would put back what the newer one did not remove
    if (!names.every((name) => tags.some((tag) => isNamed(operation, tag, name)))) break;
    expectReadable(unreadable, operation);
    return { operation, tags };
  }
  expectReadable(unreadable);
  if (names.length === 0) throw nothing("there is nothing to put back");
  if (names.length === 1) {
    const wasHere = operations.some((operation) =>
      outcomesOf(operation).some((tag) => names.some((name) => isNamed(operation, tag, name))),
    );
    throw nothing(
      wasHere
        ? "this tag was not removed, or has been put back already"
        : "no operation in the journal removed this tag",
    );
  }
  throw nothing(
    "no one operation removed all of these tags",
    "undo one tag, or one operation, at a time: tagwise history lists them",
  );
}

async function onlyOne(journal: Journal, id: string): ReturnType<Journal["list"]> {
  const found = await journal.read(id).catch((cause: unknown) => {
    throw damaged(messageOf(cause), "mend that file, or undo another operation: tagwise history lists them", cause);
  });
  if (found === undefined) throw nothing(`the journal has no operation ${id}`);
  return { operations: [found], unreadable: [] };
}

/**
 * Throws where of the last operation nothing is to be put back: a person who means that one, or says it twice, must not
 * have an earlier one undone.
 */
function expectRemoval(operations: readonly Operation[]): void {
  const last = operations.find(({ repositories }) => repositories.some(({ tags }) => tags.length > 0));
  const before = operations.find((operation) => undoableTags(operation).length > 0);
  if (last === undefined) return;
  const [state, at] = [stateOf(last), `${last.operation} on ${last.registry.host}`];
  if (state !== "rolled-back" && state !== "undone") return;
  throw nothing(
    `the last operation (${at}) ${state === "undone" ? "has been undone already" : "removed nothing"}`,
    before && `the one before it, on ${before.registry.host}, is undone by: tagwise undo ${before.operation}`,
  );
}

/**
 * Throws `JOURNAL_DAMAGED` where an operation newer than the found one cannot be read: the person may have meant that
 * one.
 */
function expectReadable(unreadable: readonly Unreadable[], found?: Operation): void {
  const newer = unreadable.find(({ file }) => found === undefined || basename(file) > found.operation);
  if (newer === undefined) return;
  const instead =
    found === undefined ? "" : `; the last that can be read is undone by: tagwise undo ${found.operation}`;
  throw damaged(
    `what was removed last is not known: ${newer.file} cannot be read: ${newer.why}`,
    `mend that file, or move it out of the journal${instead}`,
  );
}

function isNamed({ registry }: Operation, { repository, tag, digest }: OperationTag, name: TagName): boolean {
  const isThere = name.digest === undefined || name.digest === digest;
  return isThere && registry.host === name.host && repository === name.repository && tag === name.tag;
}

/**
 * Puts tags back, after waiting for operations at work on the same repositories. Throws `LOCKED`, `CUT_OFF`,
 * `NOTHING_TO_UNDO`.
 */
export async function undoRemoval(
  session: Session,
  { operation, tags }: UndoRequest,
  options: UndoOptions,
): Promise<readonly RepositoryReport[]> {
  return holding(session, operation.repositories, options, async () => {
    const now = (await options.journal.read(operation.operation)) ?? operation;
    // where it is known how every tag ended, what is left to recover does not hinder
    if (stateOf(now) === "open" && !isEnded(now, tags)) throw cutOff(operation);
    const undone = await undo(now, chosenOf(now, tags), {
      ...options,
      registry: session.registry,
      ...(session.retries !== undefined && { retries: session.retries }),
    });
    return reportsOf(now, undone);
  });
}

/** True where the journal says of each of the tags how it ended. */
function isEnded(operation: Operation, asked: readonly OperationTag[]): boolean {
  const isAsked = namedLike(asked);
  return outcomesOf(operation).every((tag) => tag.outcome !== undefined || !isAsked(tag));
}

function namedLike(asked: readonly OperationTag[]): (tag: OperationTag) => boolean {
  const names = new Set(asked.map(({ repository, tag }) => `${repository}:${tag}`));
  return ({ repository, tag }) => names.has(`${repository}:${tag}`);
}

/** The tags that can still be put back, out of those asked for. */
function chosenOf(operation: Operation, asked: readonly OperationTag[]): readonly OperationTag[] {
  const chosen = undoableTags(operation).filter(namedLike(asked));
  if (chosen.length > 0) return chosen;
  throw nothing("these tags were not removed, or have been put back already");
}

function reportsOf({ repositories }: Operation, undone: readonly Undone[]): readonly RepositoryReport[] {
  return repositories.flatMap(({ repository, strategy }) => {
    const tags = undone.filter((one) => one.repository === repository);
    const outcomes = tags.map(({ outcome }) => outcome);
    return outcomes.length === 0 ? [] : [bareReport(repository, strategy, outcomes)];
  });
}

function nothing(message: string, next = "see what there is with: tagwise history"): RegistryError {
  return new RegistryError("UNKNOWN", message, { said: "NOTHING_TO_UNDO", next });
}

function damaged(message: string, next: string, cause?: unknown): RegistryError {
  return new RegistryError("UNKNOWN", message, { said: "JOURNAL_DAMAGED", next, cause });
}

function cutOff({ operation }: Operation): RegistryError {
  return new RegistryError("UNKNOWN", `operation ${operation} was cut off before it ended`, {
    said: "CUT_OFF",
    next: "finish it with `tagwise recover`, or put the originals back with `tagwise recover --rollback`",
  });
}
