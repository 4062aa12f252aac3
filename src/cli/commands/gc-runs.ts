import { collectorRuns, type RunDocument } from "../../app/collecting/collector-runs.ts";
import { formatSize } from "../../support/format-size.ts";
import { openSettings } from "../context.ts";
import { answerWithList } from "../output.ts";
import { formatTable } from "../render/table.ts";
import type { Said } from "../settings.ts";
import { readStore } from "../store-work.ts";

/** `tagwise gc runs STORE`: lists the collector's runs. */
export async function action([place = ""]: readonly string[], flags: Said): Promise<number> {
  const context = await openSettings(flags);
  const store = await readStore(place, context);
  const runs = await collectorRuns(store);
  await answerWithList(context.settings, { runs }, { list: "runs", hasLines: true }, () => formatRuns(runs));
  return 0;
}

function formatRuns(runs: readonly RunDocument[]): string {
  if (runs.length === 0) return "No run is written down in this store.";
  const columns = [
    { title: "RUN" },
    { title: "AT" },
    { title: "STATE" },
    { title: "BLOBS", align: "right" },
    { title: "BYTES", align: "right" },
    { title: "REGISTRY RESTARTED" },
  ] as const;
  return formatTable(
    columns,
    runs.map(({ run, at, state, blobs, bytes, restarted }) => [
      run,
      at,
      state,
      `${blobs}`,
      formatSize(bytes),
      restarted ?? "-",
    ]),
  );
}
