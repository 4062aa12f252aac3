import { isPassing, RegistryError } from "../registry/errors.ts";
import { describe, type Manifest } from "../registry/image.ts";
import { type Digest, parseTag, type Tag } from "../registry/names.ts";
import { everyTag } from "../registry/pages.ts";
import { standsAt } from "../registry/stands-at.ts";
import { putBlob } from "../registry/uploads.ts";
import { few } from "../support/few.ts";
import { decoyForms, emptyBlob, labelled, makeDecoy } from "./decoy.ts";
import { reasonOf } from "./outcome.ts";
import { lookUntil, patienceOf, patient, patiently } from "./patience.ts";
import type { TagRemoval, UntagStrategy, Work } from "./strategy.ts";

/**
 * Tries a strategy on two scratch tags of one scratch manifest: it must take the removed one out of the listing and
 * leave the other. The second one's name continues the first, since there distribution 2 on S3 leaves a tag behind.
 * Resolves to undefined where it passed. The scratch tags are removed again; a note names those that could not be.
 */
export async function rehearse(work: Work, strategy: UntagStrategy): Promise<FailedRehearsal | undefined> {
  const { repository, random } = work;
  work.emit({ kind: "progress", repository, phase: "rehearsing", done: 0, total: 1 });
  const earlier = await leftByEarlier(work).catch((error) => reasonOf(error).reason);
  if (earlier !== undefined) return { reason: earlier, left: [] };
  const name = `${prefix}${Buffer.from(random(6)).toString("hex")}`;
  const [first, second] = [parseTag(name), parseTag(`${name}-2`)];
  const made = await makeScratch(work, [first, second]);
  if (typeof made === "string") return { reason: made, left: [] };
  const scratch: Scratch = { first, second, ...made };
  const reason = await tryOut(work, strategy, scratch).catch((error) => reasonOf(error).reason);
  const left = await cleanUp(work, strategy, scratch);
  return reason === undefined ? undefined : { reason, left };
}

/** Why a rehearsal failed, and which scratch tags could not be removed. */
export interface FailedRehearsal {
  readonly reason: string;
  readonly left: readonly Tag[];
}

const prefix = "tagwise-scratch-";
/** For how long, in milliseconds, a deletion may not show; a registry that is slower than that is not trusted with it. */
const longestLook = 10_000;

/**
 * A reason not to rehearse: scratch tags of an earlier rehearsal are still there, and two more might stay each time.
 */
async function leftByEarlier(hasty: Work): Promise<string | undefined> {
  const { registry, repository } = patient(hasty);
  const listing = await everyTag(registry, repository);
  const tags = listing.filter((tag) => tag.startsWith(prefix));
  if (tags.length === 0) return undefined;
  return `scratch tags of an earlier one are still here (${few(tags, 4)}); \`tagwise recover\` with this repository removes them where the registry can`;
}

interface Scratch {
  readonly first: Tag;
  readonly second: Tag;
  readonly digest: Digest;
  readonly manifest: Manifest;
}

async function tryOut(work: Work, strategy: UntagStrategy, scratch: Scratch): Promise<string | undefined> {
  const { registry, repository } = work;
  const { first, second, manifest } = scratch;
  const patience = patienceOf(work);
  for (const tag of [first, second]) await patiently(patience, () => registry.putManifest(repository, tag, manifest));
  const [outcome] = await strategy.remove(work, [removalOf(first, scratch)]);
  if (outcome?.outcome !== "removed") return `it ended as "${outcome?.outcome}"${saying(outcome)}`;
  return judge(work, scratch);
}

function saying(outcome: object | undefined): string {
  return outcome !== undefined && "reason" in outcome ? `: ${outcome.reason}` : "";
}

function removalOf(tag: Tag, { digest, manifest }: Scratch): TagRemoval {
  return { tag, original: { digest, manifest } };
}

async function judge(hasty: Work, scratch: Scratch): Promise<string | undefined> {
  const work = patient(hasty);
  const { registry, repository } = work;
  const remains = await lookUntil(
    work,
    () => remainsOf(work, scratch.first),
    (seen) => seen === undefined,
    longestLook,
  );
  if (remains !== undefined) return remains;
  const stands = await standsAt(registry, repository, scratch.second);
  return stands?.digest === scratch.digest ? undefined : "the second scratch tag went with the first";
}

async function remainsOf({ registry, repository }: Work, tag: Tag): Promise<string | undefined> {
  if ((await everyTag(registry, repository)).includes(tag)) return "the removed scratch tag is still listed";
  const stands = await standsAt(registry, repository, tag);
  return stands === undefined ? undefined : "the removed scratch tag still resolves";
}

/**
 * Pushes a scratch manifest, in the form of a decoy, so that `recover` recognises it without a journal. A string says
 * why that failed.
 */
async function makeScratch(work: Work, tags: readonly Tag[]): Promise<Pick<Scratch, "manifest" | "digest"> | string> {
  const { registry, repository } = work;
  const label = labelled(work, new Map());
  const patience = patienceOf(work, isPassing);
  let refusal = "";
  for (const form of decoyForms) {
    const manifest = makeDecoy(label, form);
    const { digest } = describe(manifest);
    try {
      await work.record({ step: "scratch", repository, digest, tags });
      await patiently(patience, async () => {
        if (form !== decoyForms[0]) await putBlob(registry, repository, emptyBlob);
        await registry.putManifest(repository, digest, manifest);
      });
      return { manifest, digest };
    } catch (error) {
      refusal = reasonOf(error).reason;
      if (!(error instanceof RegistryError) || isPassing(error) || [401, 403].includes(error.status)) break;
    }
  }
  return refusal;
}

/** Removes the scratch tags, in up to three tries, and returns those that remain. A signal does not stop it. */
async function cleanUp(hasty: Work, strategy: UntagStrategy, scratch: Scratch): Promise<readonly Tag[]> {
  const { signal: _, ...work } = patient(hasty);
  for (let tries = 3; ; tries--) {
    const waiting = { ...scratch, lasting: tries === 1 ? longestLook : 0 };
    const left = await removeScratch(work, strategy, waiting).catch((error: unknown) => error);
    const tags: readonly Tag[] = Array.isArray(left) ? left : [scratch.first, scratch.second];
    if (tags.length === 0) return [];
    if (tries === 1) {
      leftBehind(work, tags, left);
      return tags;
    }
  }
}

/** Removes the second tag first: without it, any server can remove the first. */
async function removeScratch(
  work: Work,
  strategy: UntagStrategy,
  { lasting, ...scratch }: Scratch & { readonly lasting: number },
): Promise<readonly Tag[]> {
  const { registry, repository } = work;
  for (const tag of [scratch.second, scratch.first]) {
    if (await makeRemovable(work, tag, scratch)) await strategy.remove(work, [removalOf(tag, scratch)]);
  }
  // this manifest was made for the rehearsal and has no other tags; nowhere else is an original's digest deleted
  await registry.deleteManifest(repository, scratch.digest).catch(() => {});
  const look = async (): Promise<readonly Tag[]> => {
    const listing = await everyTag(registry, repository);
    return [scratch.first, scratch.second].filter((tag) => listing.includes(tag));
  };
  return lookUntil(work, look, (left) => left.length === 0, lasting);
}

function leftBehind({ emit, repository }: Work, tags: readonly Tag[], error: unknown): void {
  const why = error instanceof Error ? ` (${reasonOf(error).reason})` : "";
  emit({ kind: "note", repository, says: `scratch tags are left behind: ${tags.join(", ")}${why}` });
}

/**
 * False where the tag is gone. A tag that is listed without its manifest gets it back, since otherwise nothing could
 * remove it.
 */
async function makeRemovable(
  { registry, repository }: Work,
  tag: Tag,
  { digest, manifest }: Scratch,
): Promise<boolean> {
  const stands = await standsAt(registry, repository, tag);
  if (stands?.digest === digest) return true;
  if (stands === undefined && !(await everyTag(registry, repository)).includes(tag)) return false;
  await registry.putManifest(repository, tag, manifest);
  return true;
}
