import type { Manifest } from "../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import type { Clock } from "../support/clock.ts";
import type { Emit } from "./events.ts";
import type { StrategyName, TagOutcome } from "./outcome.ts";
import type { TakeOut } from "./strategies/storage.ts";
import type { Original } from "./survey.ts";

/** One tag to remove, and what it pointed at when that was decided. */
export interface TagRemoval {
  readonly tag: Tag;
  readonly original: Original;
}

/** What a strategy works with. Time, randomness and the disk come in here. */
export interface Work {
  readonly registry: Registry;
  readonly repository: RepositoryName;
  readonly operation: string;
  /** Which host this is, without its name; see `hostMark`. */
  readonly host: string;
  readonly record: RecordStep;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly concurrency: number;
  readonly signal?: AbortSignal;
  /** Where the registry's storage is at hand: takes one tag out of it. */
  readonly takeOut?: TakeOut;
}

/** Writes a step to the journal; resolves when it is on the disk. */
export type RecordStep = (step: Step) => Promise<void>;

/** What the journal holds beyond the operation itself. */
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
  | { readonly step: "outcomes"; readonly repository: RepositoryName; readonly outcomes: readonly TagOutcome[] };

/**
 * One way to remove tags of one repository. Each tag ends by itself. Throws `UNSUPPORTED`, having changed nothing,
 * where the registry does not offer it.
 */
export interface UntagStrategy {
  readonly name: StrategyName;
  remove(work: Work, removals: readonly TagRemoval[]): Promise<readonly TagOutcome[]>;
}
