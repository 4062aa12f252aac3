import { hasCode } from "../../registry/errors.ts";
import { parseRepositoryName, type RepositoryName, type Tag } from "../../registry/names.ts";
import { allOf } from "../../registry/pages.ts";
import type { Clock } from "../../support/clock.ts";
import { ulid } from "../../support/ulid.ts";
import type { Emit } from "../../untag/events.ts";
import { type Operation, stateOf } from "../../untag/journal/journal.ts";
import { adoptDecoy, adoptZombies } from "../../untag/recovery/adopt.ts";
import { type FoundDecoy, findDecoys } from "../../untag/recovery/find-decoys.ts";
import { leftoversOf } from "../../untag/recovery/leftovers.ts";
import type { Session } from "../session.ts";
import type { Places } from "./remove-tags.ts";

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

/** One thing that is left of a removal, by whomever, and whether `recover` will act on it. */
export interface Remnant {
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly what: string;
  /** Undefined where it is only reported. */
  readonly operation?: Operation;
  /** True where the journal here has it already. */
  readonly journalled: boolean;
}

/** Operations of this journal that were cut off and concern this registry, or all registries. */
export async function cutOffOperations(
  { journal }: Pick<Places, "journal">,
  host?: string,
): Promise<readonly Operation[]> {
  const { operations } = await journal.list();
  return operations.filter(
    (operation) => stateOf(operation) === "open" && (host === undefined || operation.registry.host === host),
  );
}

/** What the journal knows to be left on one registry. */
export async function journalledRemnants(
  session: Session,
  operations: readonly Operation[],
  options: RecoverOptions,
): Promise<readonly Remnant[]> {
  const remnants: Remnant[] = [];
  for (const operation of operations) {
    for (const intended of operation.repositories) {
      const leftovers = await leftoversOf(session.registry, operation, intended, options);
      const states = leftovers.map(({ tag, is }) => `${tag} ${words[is]}`).join(", ");
      const what = `operation ${operation.operation} was cut off: ${states}`;
      remnants.push({
        repository: intended.repository,
        tags: leftovers.map(({ tag }) => tag),
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

/** What anyone left on a registry: every tag below the prefix is looked at. */
export async function foundRemnants(
  session: Session,
  prefix: string,
  known: readonly Operation[],
  options: RecoverOptions,
): Promise<readonly Remnant[]> {
  const remnants: Remnant[] = [];
  const journalled = new Set(
    known.flatMap(({ repositories }) =>
      repositories.flatMap(({ repository, tags }) => tags.map(({ tag }) => `${repository}:${tag}`)),
    ),
  );
  for (const repository of await repositoriesUnder(session, prefix)) {
    const isNew = (tag: Tag) => !journalled.has(`${repository}:${tag}`);
    const around = { ...options, registry: session.registry, address: session.address, repository };
    const name = () => ulid(options.clock.now().getTime(), options.random(16));
    const { decoys, zombies } = await findDecoys(session.registry, repository, options);
    for (const found of decoys) {
      const decoy = { ...found, tags: found.tags.filter(isNew) };
      if (decoy.tags.length === 0) continue;
      const why = reasonToLeave(decoy, options);
      const operation = why === undefined ? await adoptDecoy(decoy, { ...around, operation: name() }) : undefined;
      remnants.push({
        repository,
        tags: decoy.tags,
        what: `${kinds[decoy.by]}${why === undefined ? "" : `; ${why}`}`,
        journalled: false,
        ...(operation && { operation }),
      });
    }
    const left = zombies.filter(isNew);
    if (left.length > 0)
      remnants.push({
        repository,
        tags: left,
        what: "listed without a manifest",
        journalled: false,
        operation: adoptZombies(left, { ...around, operation: name() }),
      });
  }
  return remnants;
}

const kinds: Readonly<Record<FoundDecoy["by"], string>> = {
  tagwise: "a decoy of tagwise that this journal does not know",
  regctl: "the dummy image of an interrupted regctl tag delete",
  "go-containerregistry": "go-containerregistry's constant empty image",
};

/** For how long, in milliseconds, a decoy of another host may belong to an operation that still runs there. */
const stillRunning = 10 * 60_000;

function reasonToLeave({ by, label, tags }: FoundDecoy, { clock, host }: RecoverOptions): string | undefined {
  if (by === "go-containerregistry")
    return "only reported, since a real tag may stand on it; `tagwise rm` removes such a tag";
  if (label === undefined) return undefined;
  const stranger = label.originals.size > 0 ? tags.find((tag) => !label.originals.has(tag)) : undefined;
  if (stranger !== undefined) return `left alone, since it does not name "${stranger}", which stands on it as well`;
  const age = Math.abs(clock.now().getTime() - label.at.getTime());
  return label.host !== host && age < stillRunning
    ? "another host may still be at work on it; try again in ten minutes"
    : undefined;
}

async function repositoriesUnder({ registry }: Session, prefix: string): Promise<readonly RepositoryName[]> {
  try {
    const all = await allOf((page) => registry.listRepositories(page));
    return all.filter((name) => prefix === "" || name === prefix || name.startsWith(`${prefix}/`));
  } catch (error) {
    if (prefix !== "" && hasCode(error, "UNSUPPORTED", "DENIED", "UNAUTHORIZED")) return [parseRepositoryName(prefix)];
    throw error;
  }
}
