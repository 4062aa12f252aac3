import type { RemovalDocument, RemovalDocumentTag } from "../../app/removing/removal-document.ts";
import { few } from "../../support/few.ts";
import { grouped } from "../../support/grouped.ts";
import { printable } from "../../support/printable.ts";
import type { Style } from "./style.ts";
import { formatTable } from "./table.ts";
import { short } from "./words.ts";

/** A removal, an undo or a recovery in plain words; `flags` are added to the `undo` command that it prints. */
export function formatRemoval(removal: RemovalDocument, style: Style, flags = ""): string {
  const { tags, dryRun, operation } = removal;
  const removed = tags.filter(({ outcome }) => outcome === "removed");
  const lines = [tableOf(tags), ...notesOf(removal)];
  if (removed.length > 0) lines.push(proofOf(removal, style));
  if (removed.some(({ undoable }) => undoable)) {
    lines.push(
      "No byte is freed by this: the manifests stay until garbage is collected (distribution's storage: tagwise gc STORE).",
      operation === null ? "" : `To put back: tagwise undo ${operation}${flags}`,
    );
  }
  if (dryRun) lines.push(style.dim("This was a dry run: nothing has been changed."));
  return lines.filter((line) => line !== "").join("\n");
}

/** The table of tags, without columns that are empty in every row. */
function tableOf(tags: readonly RemovalDocumentTag[]): string {
  const columns = [
    { title: "TAG", cell: (tag: RemovalDocumentTag) => `${tag.repository}:${tag.tag}` },
    { title: "OUTCOME", cell: (tag: RemovalDocumentTag) => tag.outcome },
    { title: "DIGEST", cell: ({ digest }: RemovalDocumentTag) => (digest === null ? nothing : short(digest)) },
    { title: "BY", cell: (tag: RemovalDocumentTag) => tag.strategy ?? nothing },
    { title: "SIBLINGS", cell: siblingsOf },
  ].filter(({ cell }) => tags.some((tag) => cell(tag) !== nothing));
  return formatTable(
    columns,
    tags.map((tag) => columns.map(({ cell }) => cell(tag))),
  );
}

const nothing = "-";

function siblingsOf({ siblings, outcome }: RemovalDocumentTag): string {
  if (outcome !== "removed" && outcome !== "planned") return nothing;
  if (siblings === null) return "not scanned";
  if (siblings.length === 0) return "none: it was the last tag";
  return few(siblings, 5);
}

function notesOf({ tags, moved, restored, lost = [] }: RemovalDocument): string[] {
  return [
    ...[...grouped(tags, ({ reason }) => reason)].flatMap(([reason, having]) =>
      reason === undefined ? [] : [printable(`${few(having.map(nameOf), 5)}: ${reason}`)],
    ),
    ...tags.flatMap((tag) => leftBehindBy(tag).map(printable)),
    ...tags.flatMap(({ repository, tag, outcome, undoable }) =>
      undoable || (outcome !== "removed" && outcome !== "planned")
        ? []
        : [`${repository}:${tag}: undo ${outcome === "removed" ? "cannot" : "could not"} put it back`],
    ),
    ...moved.map((tag) => `${tag} was moved or removed by somebody else meanwhile, and is left alone`),
    ...restored.map((tag) => `${tag} vanished with it and was put back`),
    ...lost.map((tag) => `${tag} vanished and could NOT be put back; see: tagwise history`),
  ];
}

function leftBehindBy({ tag, siblings, leftBehind = [] }: RemovalDocumentTag): string[] {
  const names = leftBehind.join(", ");
  if (names === "") return [];
  if (siblings !== null) return [`nothing leads to ${names} once ${tag} is gone; they are left as they are`];
  const unread = "whether another tag keeps that manifest was not read";
  return [`${names}: named after the manifest of ${tag}, and left as they are; ${unread}`];
}

function nameOf({ repository, tag }: RemovalDocumentTag): string {
  return `${repository}:${tag}`;
}

function proofOf({ proof, tags, requests }: RemovalDocument, style: Style): string {
  const siblings = new Set(
    tags.flatMap((tag) => (tag.siblings ?? []).map((sibling) => `${tag.repository}:${sibling}`)),
  );
  const stand =
    proof === "siblings" && siblings.size > 0
      ? `; ${siblings.size} sibling${siblings.size === 1 ? "" : "s"} read before and after`
      : "";
  return `${style.good("Proven:")} nothing but the chosen tags left the listing${stand} (${requests} requests).`;
}
