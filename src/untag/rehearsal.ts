import { RegistryError, unlessAbsent } from "../registry/errors.ts";
import { describe, type Manifest } from "../registry/image.ts";
import { type Digest, parseTag, type Tag } from "../registry/names.ts";
import { everyTag } from "../registry/pages.ts";
import { putBlob } from "../registry/uploads.ts";
import { decoyForms, emptyBlob, makeDecoy } from "./decoy.ts";
import { reasonOf } from "./strategies/overwriting.ts";
import type { Removal, UntagStrategy, Work } from "./strategy.ts";

/**
 * Tries a strategy on two scratch tags of one scratch manifest: the removed one must leave the listing and the other
 * must stand. The second is named after the first, since that is where distribution 2 on S3 leaves a tag behind.
 * Undefined where it passed; otherwise what went wrong. Nothing of it stays.
 */
export async function rehearse(work: Work, strategy: UntagStrategy): Promise<string | undefined> {
  const { registry, repository } = work;
  work.emit({ kind: "progress", repository, phase: "rehearsing", done: 0, total: 1 });
  const name = `tagwise-scratch-${Buffer.from(work.random(6)).toString("hex")}`;
  const [first, second] = [parseTag(name), parseTag(`${name}-2`)];
  const { manifest, digest } = await makeScratch(work, [first, second]);
  const removalOf = (tag: Tag): Removal => ({ tag, original: { digest, manifest } });
  let verdict: string | undefined;
  try {
    await registry.putManifest(repository, first, manifest);
    await registry.putManifest(repository, second, manifest);
    const [outcome] = await strategy.remove(work, [removalOf(first)]);
    verdict =
      outcome?.outcome === "removed"
        ? await judge(work, { first, second, digest })
        : `it ended as "${outcome?.outcome}"`;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    verdict = reasonOf(error).reason;
  }
  const left = await cleanUp(work, strategy, { tags: [second, first], digest, removalOf });
  if (left.length > 0)
    work.emit({ kind: "note", repository, says: `scratch tags are left behind: ${left.join(", ")}` });
  return verdict;
}

interface Scratch {
  readonly first: Tag;
  readonly second: Tag;
  readonly digest: Digest;
}

async function judge({ registry, repository }: Work, { first, second, digest }: Scratch): Promise<string | undefined> {
  const listing = await everyTag(registry, repository);
  if (listing.includes(first)) return "the removed scratch tag is still listed";
  if ((await unlessAbsent(registry.resolve(repository, first), undefined)) !== undefined)
    return "the removed scratch tag still resolves";
  const stands = await unlessAbsent(registry.resolve(repository, second), undefined);
  return stands?.digest === digest ? undefined : "the second scratch tag went with the first";
}

/** The scratch manifest is a decoy in form, so that `recover` knows it without a journal. */
async function makeScratch(work: Work, tags: readonly Tag[]): Promise<{ manifest: Manifest; digest: Digest }> {
  const { registry, repository, operation, host, clock, random } = work;
  const nonce = Buffer.from(random(16)).toString("hex");
  for (const form of decoyForms) {
    const manifest = makeDecoy({ operation, host, nonce, at: clock.now(), originals: new Map() }, form);
    const { digest } = describe(manifest);
    await work.record({ step: "scratch", repository, digest, tags });
    try {
      if (form !== decoyForms[0]) await putBlob(registry, repository, emptyBlob);
      await registry.putManifest(repository, digest, manifest);
      return { manifest, digest };
    } catch (error) {
      if (form === decoyForms.at(-1) || !(error instanceof RegistryError) || [401, 403].includes(error.status))
        throw error;
    }
  }
  throw new RegistryError("UNSUPPORTED", "the registry takes no manifest of ours");
}

interface CleanUp {
  readonly tags: readonly Tag[];
  readonly digest: Digest;
  readonly removalOf: (tag: Tag) => Removal;
}

/** Removes what still is there, the second tag first: without it the first can be removed on any server. */
async function cleanUp(
  work: Work,
  strategy: UntagStrategy,
  { tags, digest, removalOf }: CleanUp,
): Promise<readonly Tag[]> {
  const { registry, repository } = work;
  const left: Tag[] = [];
  for (const tag of tags) {
    if (!(await makeRemovable(work, tag, removalOf(tag)))) continue;
    const [outcome] = await strategy.remove(work, [removalOf(tag)]).catch(() => []);
    if (outcome?.outcome !== "removed") left.push(tag);
  }
  // a manifest of our own, with no tag left on it: the one case in which an original's digest is deleted
  if (left.length === 0) await registry.deleteManifest(repository, digest).catch(() => {});
  return left;
}

/** False where the tag is gone. One that is listed without a manifest gets it back, or nothing could remove it. */
async function makeRemovable({ registry, repository }: Work, tag: Tag, { original }: Removal): Promise<boolean> {
  const stands = await unlessAbsent(registry.resolve(repository, tag), undefined);
  if (stands !== undefined) return true;
  if (!(await everyTag(registry, repository)).includes(tag)) return false;
  await registry.putManifest(repository, tag, original.manifest);
  return true;
}
