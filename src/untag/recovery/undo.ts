import { RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { standsAt } from "../../registry/stands-at.ts";
import type { Clock } from "../../support/clock.ts";
import { few } from "../../support/few.ts";
import { pooled } from "../../support/pool.ts";
import { readDecoy } from "../decoy.ts";
import type { Emit } from "../events.ts";
import { type Journal, manifestIn, type Operation, type OperationTag } from "../journal/journal.ts";
import { interrupted, pushedAnew, reasonOf, type TagOutcome } from "../outcome.ts";
import { limitedPatience, patiently } from "../patience.ts";
import { putBack } from "../put-back.ts";
import { missingParts } from "./missing-parts.ts";

/** What undoing needs besides the operation and its tags. */
export interface UndoOptions {
  readonly registry: Registry;
  readonly journal: Journal;
  /** How often a failure that may pass is tried again; 3 by default. */
  readonly retries?: number;
  /** True to put back also over what was pushed since. */
  readonly force: boolean;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly emit: Emit;
  /** Once aborted, no other tag is begun. */
  readonly signal?: AbortSignal;
}

/** A tag that was put back, or why it was not. */
export interface Undone {
  readonly repository: RepositoryName;
  readonly outcome: TagOutcome;
}

/**
 * Puts the original manifests back under their tags and reads them back; each tag has its own outcome, a refusal stops
 * no other.
 */
export async function undo(
  operation: Operation,
  tags: readonly OperationTag[],
  options: UndoOptions,
): Promise<readonly Undone[]> {
  let done = 0;
  // while a tag is away nothing is in between, so it is tried no oftener than other requests
  const patience = limitedPatience({ ...options, retries: options.retries ?? 3 });
  const ended = await pooled(
    tags,
    async (tag): Promise<Undone> => {
      // each try looks first, since somebody may have pushed since the last one
      const undoing = () => patiently(patience, () => undoOne(operation, tag, options));
      const outcome = options.signal?.aborted ? notBegun(tag) : await undoing().catch((error) => failed(tag, error));
      options.emit({
        kind: "progress",
        repository: tag.repository,
        phase: "restoring",
        done: ++done,
        total: tags.length,
      });
      options.emit({ kind: "outcome", repository: tag.repository, outcome });
      return { repository: tag.repository, outcome };
    },
    { concurrency: options.concurrency },
  );
  await noteUndone(operation, ended, options);
  return ended;
}

/** Records which tags were put back; a failure to write that is only noted, since the tags are back. */
async function noteUndone(
  { operation }: Operation,
  ended: readonly Undone[],
  { journal, emit }: UndoOptions,
): Promise<void> {
  const restored = ended.filter(({ outcome }) => outcome.outcome === "restored");
  const [first] = restored;
  if (first === undefined) return;
  const tags = restored.map(({ repository, outcome: { tag } }) => ({ repository, tag }));
  await journal.record(operation, { step: "undone", tags }).catch((error) => {
    const says = `put back, and the journal could not be told (${reasonOf(error).reason})`;
    emit({ kind: "note", repository: first.repository, says });
  });
}

async function undoOne(
  operation: Operation,
  { repository, tag, digest }: OperationTag,
  { registry, force }: UndoOptions,
): Promise<TagOutcome> {
  const manifest = manifestIn(operation, digest);
  if (manifest === undefined) {
    return {
      tag,
      digest,
      outcome: "failed",
      code: "JOURNAL_DAMAGED",
      reason: "the journal does not hold its manifest; see in tagwise history whether an earlier operation does",
    };
  }
  const missing = await missingParts(registry, { repository, digest, manifest });
  // last, so that little time is left for somebody else's push
  const current = await standsAt(registry, repository, tag);
  const isElsewhere = current !== undefined && current.digest !== digest;
  if (isElsewhere && !force) return refuse(registry, { repository, tag, digest }, current.digest);
  if (missing.length > 0) throw notPossible(missing);
  // also where it seems to stand already: a proxy may show what it remembers
  const stands = await putBack({ registry, repository }, tag, manifest);
  if (stands === digest) return { tag, digest, outcome: "restored", reason: "put back by undo" };
  return pushedAnew({ tag }, stands);
}

async function refuse(
  registry: Registry,
  { repository, tag, digest }: Omit<OperationTag, "outcome">,
  current: Digest,
): Promise<TagOutcome> {
  const label = readDecoy(await registry.getManifest(repository, current));
  const reason =
    label === undefined
      ? `it has been pushed anew and points at ${current}; --force puts the old one back over it`
      : `it stands on the decoy of operation ${label.operation}; \`tagwise recover\` first`;
  return { tag, digest, outcome: "refused", code: label === undefined ? "PUSHED_ANEW" : "DECOY", reason };
}

function notPossible(missing: readonly string[]): RegistryError {
  const parts = `${few(missing, 5)} ${missing.length > 1 ? "are" : "is"} gone`;
  return new RegistryError("MANIFEST_BLOB_UNKNOWN", `it cannot be put back: ${parts}`, {
    next: "put back what tagwise gc has taken with tagwise gc restore, or restart the registry and push the image again",
  });
}

function notBegun({ tag, digest }: OperationTag): Undone["outcome"] {
  const { reason, ...code } = reasonOf(interrupted);
  return { tag, digest, outcome: "failed", reason: `not touched: ${reason}`, ...code };
}

function failed({ tag, digest }: OperationTag, error: unknown): Undone["outcome"] {
  if (!(error instanceof RegistryError)) throw error;
  return { tag, digest, outcome: "failed", ...reasonOf(error) };
}
