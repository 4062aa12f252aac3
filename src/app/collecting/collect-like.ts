import type { Store } from "../../distribution/store.ts";
import { type Located, likeOriginal, type OriginalCollector } from "../../gc/like.ts";
import { takeSnapshot } from "../../gc/take-snapshot.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { StoreWork } from "./collect-garbage.ts";
import type { CollectionDocument } from "./collection-document.ts";

/** What a registry's own `garbage-collect` would delete, in the form of our own document. */
export interface LikeDocument
  extends Pick<CollectionDocument, "run" | "dryRun" | "repositories" | "freed" | "warnings"> {
  readonly like: OriginalCollector;
  readonly manifests: CollectionDocument["manifests"];
  readonly blobs: CollectionDocument["blobs"];
  readonly layerLinks: {
    readonly swept: number;
    readonly links: readonly { readonly repository: string; readonly digest: string }[];
  };
}

/**
 * Computes what `garbage-collect [-m]` of distribution 2 or 3 would delete. Changes nothing. Throws `WOULD_STOP` where
 * it would abort.
 */
export async function collectLike(
  { driver }: Store,
  { like, untagged, clock, ...work }: StoreWork & { readonly like: OriginalCollector; readonly untagged: boolean },
): Promise<LikeDocument> {
  const options = { ...work, now: clock.now(), sleep: clock.sleep, history: false, facts: true, layerLinks: true };
  const snapshot = await takeSnapshot(driver, options);
  const result = likeOriginal(snapshot, like, { untagged });
  if (result.aborts !== undefined) {
    throw new RegistryError("UNKNOWN", `${like} would stop here and delete nothing: ${result.aborts}`, {
      said: "WOULD_STOP",
    });
  }
  const digestOf = (id: number) => snapshot.digests.digestAt(id);
  const located = ({ repository, digest }: Located) => ({ repository, digest: digestOf(digest) });
  const blobs = result.blobs.map((id) => ({
    digest: digestOf(id),
    size: snapshot.blobs.size(id),
    reason: `${like} does not mark it`,
  }));
  return {
    run: null,
    dryRun: true,
    like,
    repositories: snapshot.repositories.length,
    manifests: {
      marked: [...snapshot.manifests.keys()].filter((id) => result.marked.has(id)).length,
      swept: result.manifests.map((one) => ({ ...located(one), reason: "no tag points at it" })),
    },
    blobs: { marked: result.marked.size, swept: blobs, young: 0 },
    layerLinks: { swept: result.layerLinks.length, links: result.layerLinks.map(located) },
    freed: blobs.reduce((sum, { size }) => sum + size, 0),
    warnings: [],
  };
}
