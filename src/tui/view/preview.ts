import type { Digest, Tag } from "../../registry/names.ts";
import { formatSize } from "../../support/format-size.ts";
import type { PlanLine, RepositoryPlan } from "../../untag/plan.ts";
import type { Book } from "../model/book.ts";
import { type Job, jobWith } from "../model/job.ts";
import type { Model } from "../model/model.ts";
import { mustType } from "../model/must-type.ts";
import type { PreviewOverlay } from "../model/overlays.ts";
import { type PlanEntry, summaryOf } from "../model/plan-summary.ts";
import { remembered } from "../model/remembered.ts";
import type { Cells } from "../screen/cells.ts";
import { bold, dim, plain, red, reverse, yellow } from "../screen/style.ts";
import { hanging, type Line } from "./box.ts";
import { drawHeaded, type Entries, type Headed } from "./entries.ts";
import { textWidth } from "./layout.ts";
import { columnFor, counted, percent, type Room, shortDigest, wrapped } from "./words.ts";

/** Draws the preview of a removal: what would be removed, what stays, and why. */
export function drawPreview(cells: Cells, model: Model, overlay: PreviewOverlay): void {
  const { tags, repository } = overlay;
  const title = `Remove ${counted(tags.length, "tag")} of ${repository}? Nothing is changed yet`;
  drawHeaded(cells, model, { title, top: overlay.top, ...previewLines(model, overlay, textWidth(model.size)) });
}

/** The head of the preview, and its entries, which scroll below it. */
export function previewLines(model: Model, overlay: PreviewOverlay, width: number): Headed {
  const { plan } = overlay;
  const job = jobWith(model, overlay.job);
  const head = headLines(model, overlay, job, width);
  if (plan === undefined) return { head, rest: waitingEntries(model, overlay, job) };
  const { entries } = summaryOf(plan);
  const room = { width, column: columnFor(plan.lines) };
  const known = laidOut(plan, width, model.repository?.book, model.repository?.revision);
  const linesOf = (at: number): readonly Line[] => {
    const before = known.get(at);
    if (before !== undefined) return before;
    if (known.size >= mostLaidOut) known.clear();
    const made = entries.slice(at, at + 1).flatMap((entry) => entryLines(entry, model, room));
    known.set(at, made);
    return made;
  };
  return { head, rest: { length: entries.length, linesOf } };
}

/** The most entries whose lines are kept: some pages. */
const mostLaidOut = 500;

/** The lines of entries already made: each key needs nearly the same entries as the last one, and several times. */
const laidOut = remembered(
  (_plan: RepositoryPlan, _width: number, _book: Book | undefined, _revision: number | undefined) =>
    new Map<number, readonly Line[]>(),
);

function headLines(model: Model, overlay: PreviewOverlay, job: Job | undefined, width: number): readonly Line[] {
  const said = [stateLine(overlay, job), freedLine(model, overlay), typedLine(model, overlay)];
  const all = said.flatMap((line) =>
    line === undefined ? [] : wrapped(line.text, width).map((text) => ({ ...line, text })),
  );
  return [...all, { text: "" }];
}

function stateLine({ plan, trouble, proof }: PreviewOverlay, job: Job | undefined): Line {
  if (trouble !== undefined) return { text: `the plan failed: ${trouble.says}`, style: red };
  if (plan === undefined) return { text: progressText(job, proof), style: yellow };
  const { removed } = summaryOf(plan);
  const left = plan.lines.length - removed;
  const how = `${plan.capability.strategy ?? "no"} strategy${plan.capability.exact ? ", proven to be exact here" : ""}`;
  const proven = plan.survey.scan === undefined ? "siblings not scanned: proof by the listing" : "siblings read";
  const rehearsed = plan.rehearse === undefined ? "" : `; first rehearsed on scratch tags: ${plan.rehearse.because}`;
  return {
    text: `${counted(removed, "tag")} to remove${left === 0 ? "" : `, ${left} left as they are`}; ${how}; ${proven}${rehearsed}`,
    style: bold,
  };
}

function progressText(job: Job | undefined, proof: PreviewOverlay["proof"]): string {
  if (job === undefined) return "stopped";
  const share = job.total > 1 ? `, ${percent(job.done, job.total)} (${job.done} of ${job.total})` : "";
  const wakes = proof === "siblings" ? "; y wakes when it ends, or with p: proof by the listing alone" : "";
  return `${job.doing === "" ? "waiting for the repository" : job.doing}${share}${wakes}`;
}

/** What the removal may free: at once nothing, and at most this much by the garbage collector. */
function freedLine({ repository }: Model, { plan }: PreviewOverlay): Line | undefined {
  if (plan === undefined) return undefined;
  const { last } = summaryOf(plan);
  if (last.size === 0) return { text: "frees nothing: other tags keep every manifest, or may keep it", style: dim };
  const { total, isAll } = sizeOf(last, repository?.book, repository?.revision);
  const unknown = isAll ? "" : ", and what is not known";
  return {
    text: `at most ${formatSize(total)}${unknown} for the garbage collector; nothing is freed at once`,
    style: dim,
  };
}

/** The total size of manifests; `_revision` changes when the book learns more sizes. */
const sizeOf = remembered((digests: ReadonlySet<Digest>, book: Book | undefined, _revision: number | undefined) => {
  const sizes = Array.from(digests, (digest) => book?.facts.get(digest)?.size);
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return { total, isAll: !sizes.includes(undefined) };
});

function typedLine(model: Model, overlay: PreviewOverlay): Line | undefined {
  const words = overlay.plan && mustType(model, overlay);
  if (words === undefined) return undefined;
  const why = model.registry.isProduction ? "this registry is marked as production" : "they are many";
  if (overlay.typed === undefined) return { text: `${why}: y, then type ${words.join(" or ")}`, style: yellow };
  const isThere = words.includes(overlay.typed);
  const hint = isThere ? "  y removes them" : `  type ${words.join(" or ")}; Esc leaves`;
  return { text: `> ${overlay.typed}${isThere ? "" : "_"}${hint}`, style: reverse };
}

/** The entries while the plan is being made: what is known of each tag so far. */
function waitingEntries({ repository }: Model, { tags, read }: PreviewOverlay, job: Job | undefined): Entries {
  const share = job?.doing.startsWith("scanning") ? percent(job.done, job.total) : percent(0, 1);
  const column = columnForNames(tags);
  const lineOf = (tag: Tag): Line => {
    const digest = read.digests.get(tag) ?? repository?.book.digests.get(tag);
    const siblings = digest === undefined ? 0 : (read.siblings.get(digest) ?? 0);
    return {
      text: `${tag.padEnd(column)}  ${digest === undefined ? "…" : shortDigest(digest)}  at least ${counted(siblings, "sibling")}, ${share} scanned`,
    };
  };
  return { length: tags.length, linesOf: (at) => tags.slice(at, at + 1).map(lineOf) };
}

const columnForNames = remembered((tags: readonly Tag[]) => columnFor(tags.map((tag) => ({ tag }))));

function entryLines({ line, orphan }: PlanEntry, { repository }: Model, { width, column }: Room): readonly Line[] {
  if (orphan !== undefined) return hanging("         ", orphaned(line, orphan), { width, style: yellow });
  if (line.act === "leave") {
    const { outcome } = line;
    const why = "reason" in outcome ? `: ${outcome.reason}` : "";
    return hanging("stays    ", `${line.tag.padEnd(column)}  ${outcome.outcome}${why}`, { width, style: red });
  }
  const { tag, original, siblings, undoable } = line;
  const platforms = repository?.book.facts.get(original.digest)?.platforms?.join(", ") ?? "";
  const text = `${tag.padEnd(column)}  ${shortDigest(original.digest)}  ${platforms === "" ? "" : `${platforms}  `}${undoable ? "" : "CANNOT BE UNDONE  "}${keptBy(siblings)}`;
  return hanging("goes     ", text, { width, style: siblings?.length === 0 ? yellow : plain });
}

function orphaned(line: PlanLine, orphan: string): string {
  const isScanned = line.act === "remove" && line.siblings !== undefined;
  return isScanned ? `nothing will lead to ${orphan}` : `stays: ${orphan}, named after this manifest`;
}

function keptBy(siblings: readonly Tag[] | undefined): string {
  if (siblings === undefined) return "siblings not scanned";
  if (siblings.length === 0) return "no other tag keeps its manifest";
  const named = siblings.slice(0, 5).join(", ");
  return `stays for ${counted(siblings.length, "sibling")}: ${named}${siblings.length > 5 ? " …" : ""}`;
}
