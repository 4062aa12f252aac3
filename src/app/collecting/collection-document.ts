import type { BlobLine } from "../../gc/plan.ts";
import type { Collection } from "./collect-garbage.ts";

/** The result of a collection as JSON for scripts; `run` is null where nothing was swept. */
export interface CollectionDocument {
  readonly run: string | null;
  readonly dryRun: boolean;
  readonly repositories: number;
  readonly manifests: {
    readonly marked: number;
    readonly swept: readonly { readonly repository: string; readonly digest: string; readonly reason: string }[];
  };
  readonly blobs: {
    readonly marked: number;
    readonly swept: readonly { readonly digest: string; readonly size: number; readonly reason: string }[];
    /** How many unreferenced blobs were kept because they are young. */
    readonly young: number;
  };
  readonly layerLinks: { readonly swept: number };
  readonly tidied: readonly {
    readonly what: string;
    readonly repository: string;
    readonly name?: string;
    readonly reason: string;
  }[];
  /** The size of the swept blobs, in bytes. */
  readonly freed: number;
  readonly freedBy: Freed;
  /** Paths that were put back because they are in use again. */
  readonly restored: readonly string[];
  readonly warnings: readonly string[];
}

/** How the freed bytes are distributed. */
export interface Freed {
  /** Bytes of swept blobs that only this repository links, and of those that others link too. */
  readonly repositories: readonly {
    readonly repository: string;
    readonly exclusive: number;
    readonly shared: number;
  }[];
  readonly reasons: readonly { readonly reason: string; readonly blobs: number; readonly bytes: number }[];
  readonly largest: readonly {
    readonly digest: string;
    readonly size: number;
    readonly repositories: readonly string[];
  }[];
}

/** Turns a collection, planned or done, into its document. */
export function collectionDocument(collection: Collection): CollectionDocument {
  const { run, dryRun, survey, plan, swept, restored } = collection;
  const { snapshot, marks } = survey;
  const digestOf = (id: number) => snapshot.digests.digestAt(id);
  const blobs = swept?.blobs ?? plan.blobs;
  const manifests = [...marks.manifests.values()].reduce((sum, found) => sum + found.size, 0);
  return {
    run: swept === undefined ? null : run,
    dryRun,
    repositories: snapshot.repositories.length,
    manifests: {
      marked: manifests,
      swept: plan.manifests.map(({ repository, digest, because }) => ({
        repository,
        digest: digestOf(digest),
        reason: because,
      })),
    },
    blobs: {
      marked: marks.blobs,
      swept: blobs.map(({ digest, size, because }) => ({ digest: digestOf(digest), size, reason: because })),
      young: plan.young,
    },
    layerLinks: { swept: plan.layerLinks.length },
    tidied: plan.tidying.map(({ what, repository, name, because }) => ({
      what,
      repository,
      ...(name !== undefined && { name }),
      reason: because,
    })),
    freed: blobs.reduce((sum, { size }) => sum + size, 0),
    freedBy: {
      ...freedBy(blobs),
      largest: largest(blobs).map(({ digest, ...more }) => ({ digest: digestOf(digest), ...more })),
    },
    restored: [...restored, ...(swept?.restored ?? [])],
    warnings: warningsOf(collection),
  };
}

function freedBy(blobs: readonly BlobLine[]): Omit<Freed, "largest"> {
  const repositories = new Map<string, { exclusive: number; shared: number }>();
  const reasons = new Map<string, { blobs: number; bytes: number }>();
  for (const { size, because, repositories: linked } of blobs) {
    const reason = reasons.get(because) ?? { blobs: 0, bytes: 0 };
    reasons.set(because, { blobs: reason.blobs + 1, bytes: reason.bytes + size });
    for (const repository of linked) {
      const { exclusive, shared } = repositories.get(repository) ?? { exclusive: 0, shared: 0 };
      const isShared = linked.length > 1;
      repositories.set(repository, {
        exclusive: exclusive + (isShared ? 0 : size),
        shared: shared + (isShared ? size : 0),
      });
    }
  }
  return {
    repositories: [...repositories]
      .map(([repository, bytes]) => ({ repository, ...bytes }))
      .sort((a, b) => b.exclusive + b.shared - a.exclusive - a.shared),
    reasons: [...reasons].map(([reason, count]) => ({ reason, ...count })),
  };
}

function largest(blobs: readonly BlobLine[]): readonly Pick<BlobLine, "digest" | "size" | "repositories">[] {
  return [...blobs]
    .sort((a, b) => b.size - a.size)
    .slice(0, 10)
    .map(({ digest, size, repositories }) => ({ digest, size, repositories }));
}

/** The most missing things that get a warning of their own. */
const mostNamed = 20;

function warningsOf({ survey: { snapshot }, plan, cutOff }: Collection): readonly string[] {
  const { digests } = snapshot;
  const missing = plan.missing.slice(0, mostNamed).map(({ repository, digest, from }) => {
    const what = digests.digestAt(digest);
    if ("tag" in from) return `${repository}:${from.tag} leads to ${what}, which is not a manifest of that repository`;
    if ("manifest" in from)
      return `${repository}: the index ${digests.digestAt(from.manifest)} lacks its child ${what}`;
    return `${repository}: the manifest ${what} is linked, and its bytes are not there`;
  });
  const others = plan.missing.length - missing.length;
  return [
    ...cutOff.map((run) => `run ${run} was cut off; what it had set aside stays aside until it is purged or restored`),
    ...missing,
    ...(others > 0 ? [`${others} more things are missing`] : []),
  ];
}
