import type { Digest, Tag } from "../../registry/names.ts";
import { formatSize } from "../../support/format-size.ts";
import type { PlanLine } from "../../untag/plan.ts";
import type { Job, Model, PreviewOverlay } from "../model/model.ts";
import { mustType } from "../model/must-type.ts";
import type { Cells } from "../screen/cells.ts";
import { bold, dim, plain, red, reverse, yellow } from "../screen/style.ts";
import { box, type HeadedLines, hanging, type Line, lines } from "./box.ts";
import { pageArea } from "./layout.ts";
import { remembered } from "./remembered.ts";
import { columnFor, counted, type Room, shortDigest, wrapped } from "./words.ts";

/** What a removal would take, what stays and why; nothing has been changed. */
export function drawPreview(cells: Cells, model: Model, overlay: PreviewOverlay): void {
  const { tags, repository } = overlay;
  const title = `Remove ${counted(tags.length, "tag")} of ${repository}? Nothing is changed yet`;
  const inner = box(cells, pageArea(model.size), model.look, { title, hasFocus: true });
  const { head, rest } = previewLines(model, overlay, inner.width - 2);
  lines(cells, { ...inner, height: head.length }, head, 0);
  lines(cells, { ...inner, y: inner.y + head.length, height: inner.height - head.length }, rest, overlay.top);
}

/** What stays above, and what scrolls under it. */
export function previewLines(model: Model, overlay: PreviewOverlay, width: number): HeadedLines {
  const { plan } = overlay;
  const job = model.jobs.find(({ id }) => id === overlay.job);
  const head = headLines(model, overlay, job, width);
  if (plan === undefined) return { head, rest: waitingLines(model, overlay) };
  const rest = remembered(plan, `${width} ${model.repository?.revision}`, () => {
    const column = columnFor(plan.lines);
    return plan.lines.flatMap((line) => planLines(line, model, { width, column }));
  });
  return { head, rest };
}

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
  const removed = plan.lines.filter(({ act }) => act === "remove").length;
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
  const share = job.total > 1 ? `, ${Math.floor((100 * job.done) / job.total)} % (${job.done} of ${job.total})` : "";
  const wakes = proof === "siblings" ? "; y wakes when it ends, or with p: proof by the listing alone" : "";
  return `${job.doing === "" ? "waiting for the repository" : job.doing}${share}${wakes}`;
}

/** Over HTTP nothing is freed at once. */
function freedLine({ repository }: Model, { plan }: PreviewOverlay): Line | undefined {
  if (plan === undefined) return undefined;
  const last = plan.lines.flatMap((line) =>
    line.act === "remove" && line.siblings?.length === 0 ? [line.original.digest] : [],
  );
  const sizes = [...new Set(last)].map((digest) => repository?.book.facts.get(digest)?.size);
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  if (last.length === 0) return { text: "frees nothing: other tags keep every manifest, or may keep it", style: dim };
  const unknown = sizes.includes(undefined) ? ", and what is not known" : "";
  return {
    text: `at most ${formatSize(total)}${unknown} for the garbage collector; nothing is freed at once`,
    style: dim,
  };
}

function typedLine(model: Model, overlay: PreviewOverlay): Line | undefined {
  const words = overlay.plan && mustType(model, overlay);
  if (words === undefined) return undefined;
  const why = model.registry.isProduction ? "this registry is marked as production" : "they are many";
  if (overlay.typed === undefined) return { text: `${why}: y, then type ${words.join(" or ")}`, style: yellow };
  const isThere = words.includes(overlay.typed);
  const hint = isThere ? "  y removes them" : `  type ${words.join(" or ")}; Esc leaves`;
  return { text: `> ${overlay.typed}${isThere ? "" : "_"}${hint}`, style: reverse };
}

/** While it is planned: what is known of each tag so far. */
function waitingLines({ repository, jobs }: Model, { tags, standing, job }: PreviewOverlay): readonly Line[] {
  const counts = new Map<Digest, number>();
  const chosen = new Set<Tag>(tags);
  for (const [tag, digest] of standing) if (!chosen.has(tag)) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  const running = jobs.find(({ id }) => id === job);
  const share =
    running?.doing.startsWith("scanning") && running.total > 0 ? Math.floor((100 * running.done) / running.total) : 0;
  const shown = tags.slice(0, 500);
  const column = columnFor(shown.map((tag) => ({ tag })));
  return shown.map((tag) => {
    const digest = standing.get(tag) ?? repository?.book.digests.get(tag);
    const siblings = digest === undefined ? 0 : (counts.get(digest) ?? 0);
    return {
      text: `${tag.padEnd(column)}  ${digest === undefined ? "…" : shortDigest(digest)}  at least ${counted(siblings, "sibling")}, ${share} % scanned`,
    };
  });
}

function planLines(line: PlanLine, { repository }: Model, { width, column }: Room): readonly Line[] {
  if (line.act === "leave") {
    const { outcome } = line;
    const why = "reason" in outcome ? `: ${outcome.reason}` : "";
    return hanging("stays    ", `${line.tag.padEnd(column)}  ${outcome.outcome}${why}`, { width, style: red });
  }
  const { tag, original, siblings, leftBehind, undoable } = line;
  const platforms = repository?.book.facts.get(original.digest)?.platforms?.join(", ") ?? "";
  const text = `${tag.padEnd(column)}  ${shortDigest(original.digest)}  ${platforms === "" ? "" : `${platforms}  `}${undoable ? "" : "CANNOT BE UNDONE  "}${keptBy(siblings)}`;
  const style = siblings?.length === 0 ? yellow : plain;
  const orphans = leftBehind.map((name) => `nothing will lead to ${name}`);
  return [
    ...hanging("goes     ", text, { width, style }),
    ...orphans.flatMap((orphan) => hanging("         ", orphan, { width, style: yellow })),
  ];
}

function keptBy(siblings: readonly Tag[] | undefined): string {
  if (siblings === undefined) return "siblings not scanned";
  if (siblings.length === 0) return "no other tag keeps its manifest";
  const named = siblings.slice(0, 5).join(", ");
  return `stays for ${counted(siblings.length, "sibling")}: ${named}${siblings.length > 5 ? " …" : ""}`;
}
