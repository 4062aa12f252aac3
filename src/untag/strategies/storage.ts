import { isRefusal, RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import { pooled } from "../../support/pool.ts";
import { interrupted, pushedAnew, reasonOf, refused, type TagOutcome, untouched } from "../outcome.ts";
import type { TagRemoval, UntagStrategy, Work } from "../strategy.ts";

/** Removes one tag from a registry's storage if it still points at `expected`; `moved` says where it points instead. */
export type TakeOut = (
  repository: RepositoryName,
  tag: Tag,
  expected: Digest,
) => Promise<{ readonly is: "removed" | "absent" } | { readonly is: "moved"; readonly to: Digest | undefined }>;

/**
 * Removes tags directly in the registry's storage, without the registry; no manifest is touched. Throws `UNSUPPORTED`
 * without a storage.
 */
export const storageStrategy: UntagStrategy = {
  name: "storage",
  async remove(work, removals) {
    const { takeOut, repository, emit, concurrency } = work;
    if (takeOut === undefined) throw new RegistryError("UNSUPPORTED", "the storage was not named: say --store STORE");
    let done = 0;
    const removeAndTell = async (removal: TagRemoval): Promise<TagOutcome> => {
      const outcome = await removeOne(work, takeOut, removal);
      emit({ kind: "progress", repository, phase: "removing", done: ++done, total: removals.length });
      return outcome;
    };
    return pooled(removals, removeAndTell, { concurrency });
  },
};

async function removeOne({ repository, signal }: Work, takeOut: TakeOut, removal: TagRemoval): Promise<TagOutcome> {
  if (signal?.aborted) return untouched(removal, interrupted);
  const {
    tag,
    original: { digest },
  } = removal;
  try {
    const taken = await takeOut(repository, tag, digest);
    if (taken.is !== "moved") return { tag, digest, outcome: taken.is };
    return pushedAnew(removal, taken.to);
  } catch (error) {
    return isRefusal(error) ? refused(removal, error) : { tag, digest, outcome: "failed", ...reasonOf(error) };
  }
}
