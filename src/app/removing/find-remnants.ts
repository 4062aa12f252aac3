import { hasCode } from "../../registry/errors.ts";
import { parseRepositoryName, type RepositoryName, type Tag } from "../../registry/names.ts";
import type { Clock } from "../../support/clock.ts";
import { ulid } from "../../support/ulid.ts";
import type { Emit } from "../../untag/events.ts";
import { type Operation, stateOf } from "../../untag/journal/journal.ts";
import type { TagOutcome } from "../../untag/outcome.ts";
import { adoptDecoy, adoptZombies } from "../../untag/recovery/adopt.ts";
import { type FoundDecoy, findDecoys } from "../../untag/recovery/find-decoys.ts";
import { leftoversOf } from "../../untag/recovery/leftovers.ts";
import { outcomeOf } from "../../untag/recovery/recover.ts";
import { isBelow, listRepositories } from "../reading/list-repositories.ts";
import type { Session } from "../session.ts";
import type { Places } from "./remove-tags.ts";

/** How interrupted removals are found and recovered; `wait` is in milliseconds. */
export interface RecoverOptions extends Places {
  readonly rollback: boolean;
  readonly wait: number;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly host: string;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}

/** Tags that an interrupted removal of any tool left behind, and whether `recover` will act on them. */
export interface Remnant {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly what: string;
  /** How a recovery ends for those of the tags that it leaves as they are. */
  readonly kept?: readonly TagOutcome[];
  /** The operation that recovers it; undefined where it is only reported. */
  readonly operation?: Operation;
  /** True where this journal has the operation already. */
  readonly journalled: boolean;
  /** True where it may be a real image: it is only reported, and does not count as unfinished. */
  readonly mayBeReal?: boolean;
}

interface Scope {
  readonly host?: string;
  /** A repository's name or its leading components; everything by default. */
  readonly prefix?: string | undefined;
}

/** The operations of this journal that were cut off, on all registries, one registry, or below a prefix of it. */
export async function cutOffOperations(
  { journal }: Pick<Places, "journal">,
  { host, prefix = "" }: Scope = {},
): Promise<readonly Operation[]> {
  const { operations } = await journal.list();
  return operations.filter(
    (operation) =>
      stateOf(operation) === "open" &&
      (host === undefined || operation.registry.host === host) &&
      operation.repositories.every(({ repository }) => isBelow(repository, prefix)),
  );
}

/** Reads what operations of the journal left on one registry: one listing a repository and one HEAD a tag. */
export async function journalledRemnants(
  session: Session,
  operations: readonly Operation[],
  options: RecoverOptions,
): Promise<readonly Remnant[]> {
  const remnants: Remnant[] = [];
  for (const operation of operations) {
    for (const intended of operation.repositories) {
      const leftovers = await leftoversOf(session.registry, operation, intended, options);
      const tags = leftovers.map(({ tag, is }) => `${tag} ${words[is]}`).join(", ");
      const states = tags === "" ? "scratch tags of its rehearsal may be left" : tags;
      const what = `operation ${operation.operation} has not ended: ${states}`;
      remnants.push({
        repository: intended.repository,
        tags: leftovers.map(({ tag }) => tag),
        kept: leftovers.filter(({ is }) => is === "untouched" || is === "pushed").map(outcomeOf),
        what,
        operation,
        journalled: true,
      });
    }
  }
  return remnants;
}

const words = {
  untouched: "is untouched",
  gone: "is gone",
  pushed: "was pushed anew",
  decoy: "stands on a decoy",
  zombie: "is listed without a manifest",
} as const;

/**
 * Searches a registry for what any tool left behind, tags of `known` operations excepted: one HEAD for every tag below
 * the prefix.
 */
export async function foundRemnants(
  session: Session,
  prefix: string,
  known: readonly Operation[],
  options: RecoverOptions,
): Promise<readonly Remnant[]> {
  const { registry, address } = session;
  const remnants: Remnant[] = [];
  const journalled = new Set(
    known.flatMap(({ repositories }) =>
      repositories.flatMap(({ repository, tags }) => tags.map(({ tag }) => `${repository}:${tag}`)),
    ),
  );
  for (const repository of await repositoriesUnder(session, prefix)) {
    const isNew = (tag: Tag) => !journalled.has(`${repository}:${tag}`);
    const { decoys, zombies } = await findDecoys(registry, repository, options);
    const place = { ...options, registry, address, repository };
    for (const decoy of decoys)
      remnants.push(...(await decoyRemnant({ ...decoy, tags: decoy.tags.filter(isNew) }, place)));
    remnants.push(...zombieRemnant(zombies.filter(isNew), place));
  }
  return remnants;
}

interface Place extends RecoverOptions, Pick<Session, "registry" | "address"> {
  readonly repository: RepositoryName;
}

async function decoyRemnant(decoy: FoundDecoy, place: Place): Promise<readonly Remnant[]> {
  const { by, tags } = decoy;
  const { repository } = place;
  if (tags.length === 0) return [];
  const why = reasonToLeave(decoy, place);
  const what = why === undefined ? kinds[by] : `${kinds[by]}; ${why}`;
  const left = { repository, tags, what, journalled: false, ...(by === "go-containerregistry" && { mayBeReal: true }) };
  return why === undefined ? [{ ...left, operation: await adoptDecoy(decoy, named(place)) }] : [left];
}

function zombieRemnant(tags: readonly Tag[], place: Place): readonly Remnant[] {
  if (tags.length === 0) return [];
  const operation = adoptZombies(tags, named(place));
  return [{ repository: place.repository, tags, what: "listed without a manifest", journalled: false, operation }];
}

/** Adds the name of a new operation. */
function named(place: Place): Place & { readonly operation: string } {
  return { ...place, operation: ulid(place.clock.now().getTime(), place.random(16)) };
}

const kinds: Readonly<Record<FoundDecoy["by"], string>> = {
  tagwise: "a decoy of tagwise that this journal does not know",
  regctl: "the dummy image of an interrupted regctl tag delete",
  "go-containerregistry": "go-containerregistry's constant empty image",
};

/** For how long, in milliseconds, a decoy of another host or user may belong to an operation that still runs there. */
const stillRunning = 10 * 60_000;

function reasonToLeave({ by, label, tags }: FoundDecoy, { clock, host }: RecoverOptions): string | undefined {
  if (by === "go-containerregistry")
    return "only reported, since a real tag may stand on it; `tagwise rm` removes such a tag";
  if (label === undefined) return undefined;
  const stranger = label.originals.size > 0 ? tags.find((tag) => !label.originals.has(tag)) : undefined;
  if (stranger !== undefined) return `left alone, since it does not name "${stranger}", which stands on it as well`;
  const age = Math.abs(clock.now().getTime() - label.at.getTime());
  return label.host !== host && age < stillRunning
    ? "another host or user may still be at work on it; try again in ten minutes"
    : undefined;
}

async function repositoriesUnder({ registry }: Session, prefix: string): Promise<readonly RepositoryName[]> {
  try {
    const found: RepositoryName[] = [];
    for await (const names of listRepositories(registry, { prefix })) found.push(...names);
    // a catalog may leave out a repository that it has, as distribution 2 does with one without layers
    return prefix === "" ? found : [...new Set([...found, parseRepositoryName(prefix)])];
  } catch (error) {
    if (prefix !== "" && hasCode(error, "UNSUPPORTED", "DENIED", "UNAUTHORIZED")) return [parseRepositoryName(prefix)];
    throw error;
  }
}
