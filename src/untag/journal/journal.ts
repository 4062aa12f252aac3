import { RegistryError } from "../../registry/errors.ts";
import { isManifestOf, type Manifest } from "../../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import type { RegistryAddress } from "../../registry/reference.ts";
import type { StrategyName, TagOutcome } from "../outcome.ts";
import type { Step } from "../strategy.ts";

/** An operation as it is written before its first change: enough to undo or finish it, also on another machine. */
export interface Intent {
  /** A ULID, so that operations sort by their time. */
  readonly operation: string;
  readonly at: Date;
  readonly registry: RegistryAddress;
  readonly repositories: readonly IntendedRemoval[];
  readonly manifests: ReadonlyMap<Digest, Manifest>;
}

/** What an operation is going to remove in one repository. */
export interface IntendedRemoval {
  readonly repository: RepositoryName;
  readonly strategy: StrategyName;
  readonly tags: readonly IntendedTag[];
  /** For each digest the tags that must still point at it afterwards; empty where the siblings were not scanned. */
  readonly siblings: ReadonlyMap<Digest, readonly Tag[]>;
  /** Present where the strategy is known to take no other tag along on this kind of registry. */
  readonly exact?: true;
}

/** A tag that is to be removed, and the digest it points to. */
export interface IntendedTag {
  readonly tag: Tag;
  readonly digest: Digest;
  /** Present where it was known beforehand that the registry would refuse to take the manifest back. */
  readonly forGood?: true;
}

/** How an operation ended, or what was done about it later. */
export type Closing =
  | { readonly step: "closed"; readonly state: "done" | "rolled-back" }
  | { readonly step: "undone"; readonly tags: readonly { readonly repository: RepositoryName; readonly tag: Tag }[] };

/** A line of an operation's file after the first. */
export type JournalStep = Step | Closing;

/**
 * `open` while it runs or where it was cut off; `done` where a tag was removed; `undone` where every removed tag was
 * put back.
 */
export type OperationState = "open" | "done" | "rolled-back" | "undone";

/** An operation as it is read from the journal: its intent and all steps so far. */
export interface Operation extends Intent {
  readonly steps: readonly JournalStep[];
}

/** A file of the journal that could not be read, and why; it is never removed. */
export interface Unreadable {
  readonly file: string;
  readonly why: string;
}

/** Keeps operations on disk; every method that writes resolves only when the disk is synced. */
export interface Journal {
  /**
   * Names a new operation so that it sorts behind all others, also after a clock was set back. Throws where nothing
   * could be written now.
   */
  name(at: Date, random: Uint8Array): Promise<string>;
  /** Writes a new operation. Throws, with nothing begun, where it cannot be written whole. */
  begin(intent: Intent): Promise<void>;
  /** Adds a step to an operation; resolves when it is on the disk. */
  record(operation: string, step: JournalStep): Promise<void>;
  /** Reads one operation; undefined where there is none of that name. Throws where its file is damaged. */
  read(operation: string): Promise<Operation | undefined>;
  /** Every operation, or with `after` those that are newer than that one; newest first. */
  list(options?: {
    readonly after?: string;
  }): Promise<{ readonly operations: readonly Operation[]; readonly unreadable: readonly Unreadable[] }>;
}

/** The state of an operation, derived from its steps. */
export function stateOf(operation: Operation): OperationState {
  const { steps } = operation;
  const closed = steps.findLast((step) => step.step === "closed");
  if (closed === undefined) return "open";
  if (closed.state === "rolled-back") return "rolled-back";
  // where only a part was put back, the operation is still "done"
  return steps.some((step) => step.step === "undone") && undoableTags(operation).length === 0 ? "undone" : "done";
}

/** How each tag of an operation ended, by the last step that tells; the outcome is undefined where no step does. */
export function outcomesOf(operation: Operation): readonly OperationTag[] {
  const known = endsOf(operation);
  return operation.repositories.flatMap(({ repository, tags }) =>
    tags.map((tag) => ({ ...tag, repository, outcome: known.get(`${repository}:${tag.tag}`)?.outcome })),
  );
}

function endsOf({ steps }: Operation): ReadonlyMap<string, TagOutcome> {
  const known = new Map<string, TagOutcome>();
  for (const step of steps) {
    if (step.step !== "outcomes") continue;
    for (const outcome of step.outcomes) known.set(`${step.repository}:${outcome.tag}`, outcome);
  }
  return known;
}

/** The tags of a repository with a change that was never answered and may come late. */
export function unansweredTags(operation: Operation, repository: RepositoryName): ReadonlySet<Tag> {
  const ends = [...endsOf(operation)].filter(
    ([name, { unanswered }]) => unanswered && name.startsWith(`${repository}:`),
  );
  return new Set(ends.map(([, { tag }]) => tag));
}

/** A tag of an operation and how it ended. */
export interface OperationTag extends IntendedTag {
  readonly repository: RepositoryName;
  readonly outcome: TagOutcome["outcome"] | undefined;
}

/** The tags of an operation that were removed and have not been put back since. */
export function undoableTags(operation: Operation): readonly OperationTag[] {
  const undone = new Set(
    operation.steps.flatMap((step) =>
      step.step === "undone" ? step.tags.map(({ repository, tag }) => `${repository}:${tag}`) : [],
    ),
  );
  return outcomesOf(operation).filter(
    ({ repository, tag, outcome }) => outcome === "removed" && !undone.has(`${repository}:${tag}`),
  );
}

/** A manifest that the journal holds; undefined where it does not, or where its bytes are damaged. */
export function manifestIn({ manifests }: Pick<Intent, "manifests">, digest: Digest): Manifest | undefined {
  const manifest = manifests.get(digest);
  return manifest !== undefined && isManifestOf(digest, manifest) ? manifest : undefined;
}

/** True where the journal holds the manifest's bytes and the registry was not known to refuse them. */
export function canPutBack({ manifests }: Intent, original: IntendedTag | undefined): boolean {
  return original !== undefined && !original.forGood && manifests.has(original.digest);
}

/**
 * Rethrows a journal's failure before the first change as `JOURNAL_UNWRITABLE`, which says that nothing was changed.
 */
export function unwritable(cause: unknown): never {
  const message = `nothing was changed, since the journal could not be written: ${cause instanceof Error ? cause.message : cause}`;
  const isTooLong = cause instanceof RangeError; // a line is a string, which V8 bounds at 512 MiB
  const next = isTooLong ? "remove fewer tags at once" : "make room or give it another folder with --journal DIR";
  throw new RegistryError("UNKNOWN", message, { cause, said: "JOURNAL_UNWRITABLE", next });
}
