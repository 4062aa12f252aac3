import {
  collectorRun,
  noteRestart,
  purgeCollection,
  type RunChange,
  type RunDocument,
} from "../../app/collecting/collector-runs.ts";
import type { Store } from "../../app/collecting/open-store.ts";
import { restartRegistry } from "../../app/collecting/restart-registry.ts";
import { confirm } from "../confirm.ts";
import { openContext } from "../context.ts";
import { GuardError } from "../errors.ts";
import { answer } from "../output.ts";
import { progressLine } from "../render/progress.ts";
import type { Said } from "../settings.ts";
import { collectProgress, readRestart, readStore, storeWork } from "../store-work.ts";

/**
 * `tagwise gc purge STORE RUN`: refuses (`CACHE_IN_USE`) while the registry's cache may still claim to have what lies
 * aside.
 */
export async function action([place = "", run = ""]: readonly string[], flags: Said): Promise<number> {
  const context = await openContext(flags, { leftTo: "the next tagwise gc" });
  const store = await readStore(place, context);
  const restart = readRestart(flags.restart);
  const found = await collectorRun(store, run);
  if (restart === undefined) requireNoCache(store, found, flags);
  await confirm(`Delete what run ${run} set aside, for good?`, {
    yes: flags.yes === true,
    lookFirst: "tagwise gc runs",
  });
  if (restart !== undefined) {
    await restartRegistry(restart);
    await noteRestart(store, run, context.clock.now());
  }
  const progress = progressLine(context.settings);
  const change = await purgeCollection(store, run, storeWork(context, collectProgress(progress, store.name)));
  progress.clear();
  await answer(context.settings, change, formatPurged);
  return 0;
}

function requireNoCache({ cache }: Store, { restarted }: RunDocument, flags: Said): void {
  if (flags.cacheInUse === false || cache === "none") return;
  if (restarted !== null && cache !== "redis") return; // redis keeps the cache when the registry restarts
  throw new GuardError(
    "CACHE_IN_USE",
    "the registry may still promise what lies aside: no restart since the sweep is recorded",
    cache === "redis"
      ? "flush that redis, then say --no-cache-in-use"
      : "say --restart docker:NAME (or systemd:UNIT, exec:COMMAND), or --no-cache-in-use where it keeps no cache or was restarted",
  );
}

function formatPurged({ run: { run }, restored, deleted }: RunChange): string {
  const back = restored.length > 0 ? `; ${restored.length} came back, for they are in use again` : "";
  return `${deleted} files of run ${run} are deleted${back}.`;
}
