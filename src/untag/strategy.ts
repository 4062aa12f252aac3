import type { Manifest } from "../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import type { Clock } from "../support/clock.ts";
import type { Emit } from "./events.ts";
import type { StrategyName, TagOutcome } from "./outcome.ts";
import type { TakeOut } from "./strategies/storage.ts";
import type { Original } from "./survey.ts";

/** One tag to remove, and the manifest it pointed at when that was decided. */
export interface TagRemoval {
  readonly tag: Tag;
  readonly original: Original;
}

/** Everything a strategy needs: the registry, the journal, time and randomness. */
export interface Work {
  readonly registry: Registry;
  readonly repository: RepositoryName;
  readonly operation: string;
  /** A mark of this host that does not reveal its name; see `hostMark`. */
  readonly host: string;
  readonly record: RecordStep;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly concurrency: number;
  /** How often a request is repeated that leaves nothing in between; undefined for as often as time allows. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
  /** Takes one tag out of the registry's storage; undefined where the storage is not at hand. */
  readonly takeOut?: TakeOut;
}

/** Writes a step to the journal; resolves when it is on the disk. */
export type RecordStep = (step: Step) => Promise<void>;

/** A sibling that vanished, and the digest that it pointed to. */
export interface LostSibling {
  readonly tag: Tag;
  readonly digest: Digest;
}

/** A step of an operation that is recorded in the journal before it is taken, or right after. */
export type Step =
  | {
      readonly step: "decoy";
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly manifest: Manifest;
      readonly tags: readonly Tag[];
    }
  | { readonly step: "sent"; readonly repository: RepositoryName; readonly digest: Digest }
  | {
      readonly step: "scratch";
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly tags: readonly Tag[];
    }
  /** Siblings that vanished and could not be put back. */
  | { readonly step: "lost"; readonly repository: RepositoryName; readonly siblings: readonly LostSibling[] }
  | { readonly step: "outcomes"; readonly repository: RepositoryName; readonly outcomes: readonly TagOutcome[] };

/**
 * One way to remove tags of one repository; each tag has its own outcome, in the order given. Throws `UNSUPPORTED`,
 * having changed nothing, where the registry does not offer it.
 */
export interface UntagStrategy {
  readonly name: StrategyName;
  remove(work: Work, removals: readonly TagRemoval[]): Promise<readonly TagOutcome[]>;
}
