import { type RunChange, restoreCollection } from "../../app/collecting/collector-runs.ts";
import { openContext } from "../context.ts";
import { answer } from "../output.ts";
import { progressLine } from "../render/progress.ts";
import type { Said } from "../settings.ts";
import { collectProgress, readStore, storeWork } from "../store-work.ts";

/** `tagwise gc restore STORE RUN`; harmless, so it does not ask. 1 where nothing can come back any more. */
export async function action([place = "", run = ""]: readonly string[], flags: Said): Promise<number> {
  const context = await openContext(flags, { leftTo: "the next tagwise gc" });
  const store = await readStore(place, context);
  const progress = progressLine(context.settings);
  const change = await restoreCollection(store, run, storeWork(context, collectProgress(progress, store.name)));
  progress.clear();
  await answer(context.settings, change, formatRestored);
  return isDeleted(change) ? 1 : 0;
}

function isDeleted({ run: { state }, restored }: RunChange): boolean {
  return (state === "purged" || state === "deleted") && restored.length === 0;
}

function formatRestored(change: RunChange): string {
  const { run, restored } = change;
  if (isDeleted(change)) return `What run ${run.run} took is deleted: nothing is left to put back.`;
  return `${restored.length} files of run ${run.run} are back where they were.`;
}
