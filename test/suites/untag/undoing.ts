import { exitCodeOf, type RemovalDocument, removalDocument } from "../../../src/app/removing/removal-document.ts";
import { findUndoable, type TagName, type UndoOptions, undoRemoval } from "../../../src/app/removing/undo-removal.ts";
import { parseTag, type Tag } from "../../../src/registry/names.ts";
import { app, other } from "../registry/contents.ts";
import { standingsOf } from "./audit.ts";
import { chosen, furnish } from "./scene.ts";
import { openStage, type Stage, type StageOptions } from "./stage.ts";

/** Two of the tags that are removed, which share a manifest. */
export const one1: Tag = parseTag("one1");
/** The other one. */
export const one2: Tag = parseTag("one2");

interface RemovedStage {
  readonly stage: Stage;
  readonly before: Awaited<ReturnType<typeof standingsOf>>;
  readonly operation: string;
}

/** A stage on which the chosen tags were removed; `before` is where each tag stood. */
export async function removedStage(options: StageOptions = {}): Promise<RemovedStage> {
  const stage = await openStage(options);
  await furnish(stage.bare);
  const before = await standingsOf(stage.bare, [app, other]);
  const { document } = await stage.remove(chosen);
  return { stage, before, operation: document.operation ?? "" };
}

/** What is undone: an operation, or these tags; else the last operation. */
interface Undoing {
  readonly operation?: string;
  readonly tags?: readonly string[];
  readonly force?: boolean;
  readonly wait?: number;
  readonly more?: Partial<UndoOptions>;
}

/** A tag of the stage, as a person names it. */
export const named = (tag: string): TagName => ({ host: "registry.test", repository: app, tag: parseTag(tag) });

interface UndoEnd {
  /** For each tag its name, outcome and code. */
  readonly ends: readonly string[];
  readonly document: RemovalDocument;
  readonly code: number;
}

/** Puts removed tags back, as the command line does, and says how each ended. */
export async function undo(
  stage: Stage,
  { operation, tags = [], force = false, wait = 0, more = {} }: Undoing = {},
): Promise<UndoEnd> {
  const request = await findUndoable(stage, { operation, names: tags.map(named) });
  const reports = await undoRemoval(stage.session, request, { ...stage.options(), force, wait, ...more });
  const shown = { operation: request.operation.operation, dryRun: false, reports, requests: 0, milliseconds: 0 };
  const document = removalDocument(stage.session.address, shown);
  return {
    ends: document.tags.map(({ tag, outcome, code }) => [tag, outcome, code].join(" ").trim()),
    document,
    code: exitCodeOf(document),
  };
}
