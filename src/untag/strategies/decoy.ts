import { hasCode, unlessAbsent } from "../../registry/errors.ts";
import { describe } from "../../registry/image.ts";
import type { Tag } from "../../registry/names.ts";
import { putBlob } from "../../registry/uploads.ts";
import { type DecoyForm, decoyForms, emptyBlob, emptyDigest, labelled, makeDecoy, type OnDecoy } from "../decoy.ts";
import { interrupted, isStranded, type TagOutcome, untouched } from "../outcome.ts";
import type { TagRemoval, UntagStrategy, Work } from "../strategy.ts";
import { deleteForward } from "./decoy/deleting.ts";
import { overwrite, rollBack } from "./decoy/overwriting.ts";
import { chunkPace } from "./decoy/pace.ts";

/** A decoy in one of the decoy forms, and the tags that are to point at it. */
interface Chunk extends OnDecoy {
  readonly form: DecoyForm;
}

interface ChunkEnd {
  readonly outcomes: readonly TagOutcome[];
  /** The form that the registry accepted, or the last one tried. */
  readonly form: DecoyForm;
  /** How long the deletion took; undefined where none was carried out. */
  readonly milliseconds?: number;
  /** Why no other chunk may be begun; undefined where the work goes on. */
  readonly stop?: unknown;
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
    let isProven = false;
    let isContended = false;
    let stop: unknown;
    let at = 0;
    while (at < removals.length && stop === undefined) {
      if (work.signal?.aborted) break;
      const chunk = removals.slice(at, at + pace.size);
      at += chunk.length;
      // the first of several chunks is proven, to find out at once a registry that deletes nothing or leaves the tags
      const end = await removeChunk(work, chunk, { form, prove: !isProven && at < removals.length, isContended });
      outcomes.push(...end.outcomes);
      work.emit({ kind: "progress", repository: work.repository, phase: "removing", done: at, total: removals.length });
      form = end.form;
      stop = end.stop;
      isContended ||= end.outcomes.some(({ outcome }) => outcome === "kept");
      if (end.milliseconds === undefined) continue;
      isProven = true;
      pace.lasted(end.milliseconds, chunk.length);
    }
    return [...outcomes, ...removals.slice(at).map((removal) => untouched(removal, stop ?? interrupted))];
  },
};

interface ChunkOptions {
  readonly form: DecoyForm;
  /** True to check in the listing, right after the deletion, whether the tags are gone. */
  readonly prove: boolean;
  /** True where somebody was seen pushing to tags of the same removal. */
  readonly isContended: boolean;
}

async function removeChunk(work: Work, removals: readonly TagRemoval[], options: ChunkOptions): Promise<ChunkEnd> {
  const { chunk, on, certain, outcomes, failure, unsettled } = await place(work, removals, options.form);
  const { form, digest } = chunk;
  const overwritten = { digest, certain };
  const marked = (all: readonly TagOutcome[]) => all.map((one) => (unsettled.has(one.tag) ? late(work, one) : one));
  const giveUp = async (why: unknown): Promise<ChunkEnd> => ({
    form,
    outcomes: marked([...outcomes, ...(await rollBack(work, overwritten, on, why))]),
    stop: why,
  });
  if (failure !== undefined) return giveUp(failure);
  if (work.signal?.aborted) return giveUp(interrupted);
  if (on.length === 0) return { form, outcomes: marked(outcomes) };
  const unwritten = await failureOf(work.record({ step: "sent", repository: work.repository, digest }));
  if (unwritten !== undefined) return giveUp(unwritten);
  if (work.signal?.aborted) return giveUp(interrupted);
  const end = await deleteForward(work, { ...chunk, removals: on }, options);
  if (end.refused !== undefined) return giveUp(end.refused);
  const back = await rollBack(work, overwritten, end.held, end.because);
  const all = marked([...outcomes, ...end.outcomes, ...back]);
  const ended = { form, outcomes: all, milliseconds: end.milliseconds };
  const stuck = all.find(isStranded);
  if (stuck !== undefined) return { ...ended, stop: new Error(`the deletion of "${stuck.tag}" did not end`) };
  return end.held.length === 0 ? ended : { ...ended, stop: end.because };
}

/** A decoy may yet be put on this tag: its operation stays open, and `recover` looks again. */
function late({ emit, repository }: Work, outcome: TagOutcome): TagOutcome {
  const says = "a change of it was never answered and may come late; `tagwise recover` looks again";
  emit({ kind: "note", repository, tag: outcome.tag, says });
  return { ...outcome, unanswered: true };
}

interface Attempt {
  readonly chunk: Chunk;
  readonly on: readonly TagRemoval[];
  readonly certain: ReadonlySet<Tag>;
  readonly unsettled: ReadonlySet<Tag>;
  readonly outcomes: readonly TagOutcome[];
  readonly failure?: unknown;
}

/** Points the tags at a decoy, in the first form that the registry accepts. */
async function place(work: Work, removals: readonly TagRemoval[], form: DecoyForm): Promise<Attempt> {
  const chunk = makeChunk(work, removals, form);
  const unwritten = await failureOf(prepare(work, chunk));
  if (unwritten !== undefined) {
    const outcomes = removals.map((one) => untouched(one, unwritten));
    return { chunk, on: [], certain: new Set(), unsettled: new Set(), outcomes, failure: unwritten };
  }
  const placed = await overwrite(work, chunk);
  const next = decoyForms[decoyForms.indexOf(form) + 1];
  const { certain, failure, on } = placed;
  const isRefused =
    certain.size === 0 && hasCode(failure, "MANIFEST_INVALID", "UNSUPPORTED", "UNKNOWN", "MANIFEST_BLOB_UNKNOWN");
  if (!isRefused || next === undefined || work.signal?.aborted) return { chunk, ...placed };
  // a 500 may have stored the decoy all the same: the next form is tried only once every tag is seen on its original
  const back = await rollBack(work, { digest: chunk.digest, certain }, on, failure);
  const isUntouched = back.every((outcome) => outcome.outcome === "failed" && !isStranded(outcome));
  if (isUntouched) {
    const again = await place(work, removals, next);
    return { ...again, unsettled: new Set([...placed.unsettled, ...again.unsettled]) };
  }
  return { ...placed, chunk, on: [], outcomes: [...placed.outcomes, ...back] };
}

/** Writes the decoy to the journal and uploads its blob, if any, before the first tag is pointed at it. */
async function prepare(work: Work, { form, decoy: manifest, digest, removals }: Chunk): Promise<void> {
  const tags = removals.map(({ tag }) => tag);
  await work.record({ step: "decoy", repository: work.repository, digest, manifest, tags });
  if (form !== decoyForms[0]) await ensureEmptyBlob(work);
}

async function failureOf(work: Promise<void>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error ?? new Error("unknown failure");
  }
}

function makeChunk(work: Work, removals: readonly TagRemoval[], form: DecoyForm): Chunk {
  const originals = new Map(removals.map(({ tag, original }) => [tag, original.digest] as const));
  const decoy = makeDecoy(labelled(work, originals), form);
  return { form, decoy, digest: describe(decoy).digest, removals };
}

async function ensureEmptyBlob({ registry, repository }: Work): Promise<void> {
  const size = await unlessAbsent(registry.statBlob(repository, emptyDigest), undefined);
  if (size === undefined) await putBlob(registry, repository, emptyBlob);
}
