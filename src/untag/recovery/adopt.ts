import { unlessAbsent } from "../../registry/errors.ts";
import { describe, type Manifest } from "../../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import type { RegistryAddress } from "../../registry/reference.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Clock } from "../../support/clock.ts";
import { labelled, makeDecoy } from "../decoy.ts";
import type { Intent, Operation } from "../journal/journal.ts";
import type { Step } from "../strategy.ts";
import type { FoundDecoy } from "./find-decoys.ts";

interface Adopting {
  readonly registry: Pick<Registry, "getManifest">;
  readonly address: RegistryAddress;
  readonly repository: RepositoryName;
  /** The name of the new operation. */
  readonly operation: string;
  readonly host: string;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * Makes an operation from a decoy that this journal does not know, so that it can be finished or rolled back like any
 * other.
 */
export async function adoptDecoy({ digest, manifest, tags, label }: FoundDecoy, around: Adopting): Promise<Operation> {
  const { registry, repository } = around;
  const originals = new Map(tags.map((tag) => [tag, label?.originals.get(tag) ?? digest] as const));
  const manifests = new Map<Digest, Manifest>();
  for (const original of new Set(originals.values())) {
    const found =
      original === digest ? undefined : await unlessAbsent(registry.getManifest(repository, original), undefined);
    if (found !== undefined) manifests.set(original, found);
  }
  return operationOf(around, {
    originals,
    manifests,
    // its deletion may be under way: nobody here knows
    steps: [
      { step: "decoy", repository, digest, manifest, tags },
      { step: "sent", repository, digest },
    ],
  });
}

/**
 * Makes an operation from tags that are listed without a manifest: they will be put on a new decoy and deleted with it.
 */
export function adoptZombies(tags: readonly Tag[], around: Adopting): Operation {
  const manifest = makeDecoy(labelled(around, new Map()));
  const { digest } = describe(manifest);
  const originals = new Map(tags.map((tag) => [tag, digest] as const));
  const step: Step = { step: "decoy", repository: around.repository, digest, manifest, tags };
  return operationOf(around, { originals, manifests: new Map(), steps: [step] });
}

interface Adopted {
  readonly originals: ReadonlyMap<Tag, Digest>;
  readonly manifests: Intent["manifests"];
  readonly steps: readonly Step[];
}

function operationOf(
  { operation, address, repository, clock }: Adopting,
  { originals, manifests, steps }: Adopted,
): Operation {
  const tags = [...originals].map(([tag, digest]) => ({ tag, digest }));
  const repositories = [{ repository, strategy: "decoy", tags, siblings: new Map() }] as const;
  return { operation, at: clock.now(), registry: address, repositories, manifests, steps };
}
