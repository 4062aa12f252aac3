import { hasCode, unlessAbsent } from "../../registry/errors.ts";
import { describe, type Manifest } from "../../registry/image.ts";
import type { Digest } from "../../registry/names.ts";
import { putBlob } from "../../registry/uploads.ts";
import { type DecoyForm, decoyForms, emptyBlob, emptyDigest, makeDecoy } from "../decoy.ts";
import type { TagOutcome } from "../outcome.ts";
import type { Removal, UntagStrategy, Work } from "../strategy.ts";
import { deleteForward } from "./deleting.ts";
import { overwrite, type Placed, rollBack } from "./overwriting.ts";
import { chunkPace } from "./pace.ts";

/** A decoy on its way: its bytes, its digest, and the tags that go on it. */
export interface Chunk {
  readonly form: DecoyForm;
  readonly decoy: Manifest;
  readonly digest: Digest;
  readonly removals: readonly Removal[];
}

interface ChunkEnd {
  readonly outcomes: readonly TagOutcome[];
  /** The form that the registry took. */
  readonly form: DecoyForm;
  /** How long the deletion lasted; undefined where the next chunk must not be begun. */
  readonly milliseconds?: number;
}

/**
 * Points a chunk of tags at one unique manifest of our own and deletes that manifest: every tag on it goes, and no
 * other. Before that deletion is sent every failure and signal rolls back; after it, it only goes forward.
 */
export const decoyStrategy: UntagStrategy = {
  name: "decoy",
  async remove(work, removals) {
    const pace = chunkPace();
    const outcomes: TagOutcome[] = [];
    let form: DecoyForm = decoyForms[0];
    let at = 0;
    while (at < removals.length && !work.signal?.aborted) {
      const chunk = removals.slice(at, at + pace.size);
      const end = await removeChunk(work, chunk, form);
      outcomes.push(...end.outcomes);
      at += chunk.length;
      form = end.form;
      work.emit({ kind: "progress", repository: work.repository, phase: "removing", done: at, total: removals.length });
      if (end.milliseconds === undefined) break;
      pace.lasted(end.milliseconds, chunk.length);
    }
    return [...outcomes, ...removals.slice(at).map(untouched)];
  },
};

async function removeChunk(work: Work, removals: readonly Removal[], form: DecoyForm): Promise<ChunkEnd> {
  const { chunk, placed } = await place(work, removals, form);
  const { on, outcomes, failure } = placed;
  if (failure !== undefined || work.signal?.aborted) {
    return {
      form: chunk.form,
      outcomes: [...outcomes, ...(await rollBack(work, chunk, on, failure ?? "interrupted"))],
    };
  }
  if (on.length === 0) return { form: chunk.form, outcomes, milliseconds: 0 };
  await work.record({ step: "sent", repository: work.repository, digest: chunk.digest });
  const end = await deleteForward(work, { ...chunk, removals: on });
  if (end.refused !== undefined) {
    return { form: chunk.form, outcomes: [...outcomes, ...(await rollBack(work, chunk, on, end.refused))] };
  }
  return { form: chunk.form, outcomes: [...outcomes, ...end.outcomes], milliseconds: end.milliseconds };
}

/** Puts the tags on a decoy, in the first form that the registry takes; a refused form has changed nothing. */
async function place(
  work: Work,
  removals: readonly Removal[],
  form: DecoyForm,
): Promise<{ chunk: Chunk; placed: Placed }> {
  const chunk = makeChunk(work, removals, form);
  if (form !== "oci-index") await ensureEmptyBlob(work);
  const { decoy: manifest, digest } = chunk;
  const tags = removals.map(({ tag }) => tag);
  await work.record({ step: "decoy", repository: work.repository, form, digest, manifest, tags });
  const placed = await overwrite(work, chunk);
  const next = decoyForms[decoyForms.indexOf(form) + 1];
  const isFormRefused =
    placed.certain === 0 &&
    hasCode(placed.failure, "MANIFEST_INVALID", "UNSUPPORTED", "UNKNOWN", "MANIFEST_BLOB_UNKNOWN");
  return isFormRefused && next !== undefined && !work.signal?.aborted ? place(work, removals, next) : { chunk, placed };
}

function makeChunk({ operation, host, clock, random }: Work, removals: readonly Removal[], form: DecoyForm): Chunk {
  const nonce = Buffer.from(random(16)).toString("hex");
  const originals = new Map(removals.map(({ tag, original }) => [tag, original.digest] as const));
  const decoy = makeDecoy({ operation, host, nonce, at: clock.now(), originals }, form);
  return { form, decoy, digest: describe(decoy).digest, removals };
}

async function ensureEmptyBlob({ registry, repository }: Work): Promise<void> {
  const size = await unlessAbsent(registry.statBlob(repository, emptyDigest), undefined);
  if (size === undefined) await putBlob(registry, repository, emptyBlob);
}

function untouched({ tag, original: { digest } }: Removal): TagOutcome {
  return {
    tag,
    digest,
    outcome: "failed",
    reason: "not touched: the operation had stopped before it",
    code: "INTERRUPTED",
  };
}
