import { isPassing, RegistryError } from "../../registry/errors.ts";
import { standsAt } from "../../registry/stands-at.ts";
import type { Operation } from "../journal/journal.ts";
import { patienceOf, patiently } from "../patience.ts";
import type { Work } from "../strategy.ts";
import { decoysOf, scratchOf } from "./leftovers.ts";

/**
 * Removes an operation's scratch tags by deleting their manifests, which only tagwise uses; a tag that survives that is
 * deleted by name.
 */
export async function removeScratch(work: Work, operation: Operation): Promise<void> {
  const { registry, repository, emit } = work;
  const scratch = scratchOf(operation, repository);
  const ours = new Set([...scratch, ...decoysOf(operation, repository)].map(({ digest }) => digest));
  const patience = patienceOf(work);
  for (const tag of new Set(scratch.flatMap(({ tags }) => tags))) {
    const stands = await standsAt(registry, repository, tag);
    if (stands === undefined || !ours.has(stands.digest)) continue;
    await patiently(patience, () => registry.deleteManifest(repository, stands.digest, { lasting: true })).catch(
      ignoreRefusal,
    );
    let left = await standsAt(registry, repository, tag);
    if (left !== undefined) {
      await patiently(patience, () => registry.deleteTag(repository, tag)).catch(ignoreRefusal);
      left = await standsAt(registry, repository, tag);
    }
    emit({
      kind: "note",
      repository,
      tag,
      says: `scratch tag of a rehearsal ${left ? "stays: nothing removes it" : "removed"}`,
    });
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof RegistryError) || isPassing(error)) throw error;
}
