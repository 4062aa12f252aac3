import { type CacheCheck, checkCache, type SweptBlob } from "../../app/check-cache.ts";
import { type Collection, collectGarbage } from "../../app/collect-garbage.ts";
import { collectLike } from "../../app/collect-like.ts";
import { collectionDocument } from "../../app/collection-document.ts";
import { noteRestart } from "../../app/collector-runs.ts";
import { restartRegistry } from "../../app/restart-registry.ts";
import { openSession } from "../../app/session.ts";
import { parseRegistryPrefix } from "../../registry/reference.ts";
import { confirm } from "../confirm.ts";
import { type Context, openContext } from "../context.ts";
import { tidyings } from "../definitions/collecting.ts";
import { answer } from "../output.ts";
import { type CollectorAnswer, formatCollection, type Told } from "../render/collection.ts";
import { formatLike } from "../render/like.ts";
import { progressLine } from "../render/progress.ts";
import { styleFor } from "../render/style.ts";
import { duration, oneOf, type Said } from "../settings.ts";
import { collectProgress, readRestart, readStore, storeWork } from "../store-work.ts";

/** `tagwise gc STORE`; asks, fails closed, and exits 0 where all that was planned is done. */
export async function action([place = ""]: readonly string[], flags: Said): Promise<number> {
  const context = await openContext(flags);
  const store = await readStore(place, context);
  const progress = progressLine(context.settings);
  const work = storeWork(context, collectProgress(progress, store.name));
  if (flags.like !== undefined) {
    const like = oneOf("like", flags.like, ["distribution2", "distribution3"]);
    const document = await collectLike(store, { ...work, like, untagged: flags.untagged === true });
    progress.clear();
    answer(context.settings, document, formatLike);
    return 0;
  }
  const restart = readRestart(flags.restart);
  let isShown = false;
  const told = { store: place, quarantine: flags.quarantine !== false };
  const collection = await collectGarbage(store, {
    ...work,
    untagged: flags.untagged === true,
    grace: duration("grace", flags.grace ?? "24h"),
    tidy: new Set(tidyingsIn(flags.tidy)),
    dryRun: flags.dryRun === true,
    quarantine: told.quarantine,
    random: context.random,
    confirm: async (planned) => {
      progress.clear();
      isShown = await confirmSweep(planned, flags, told);
      return true;
    },
  });
  progress.clear();
  if (restart !== undefined && collection.swept !== undefined) {
    await restartRegistry(restart);
    await noteRestart(store, collection.run, context.clock.now());
  }
  const cache = await askedCache(collection, context, { ...flags, store: place });
  answer<CollectorAnswer>(
    context.settings,
    { ...collectionDocument(collection), ...(cache && { cache }) },
    (document, style) => formatCollection(document, style, { ...told, isShown }),
  );
  return context.interruption.exitCode() ?? 0;
}

/** Resolves to whether the plan was shown. */
async function confirmSweep(planned: Collection, flags: Said, told: Told): Promise<boolean> {
  if (flags.yes === true) return false;
  const isShown = process.stdin.isTTY && process.stderr.isTTY;
  if (isShown) {
    process.stderr.write(`${formatCollection(collectionDocument(planned), styleFor(process.stderr), told)}\n`);
  }
  await confirm(told.quarantine ? "Set this aside?" : "Delete this at once, for good?", { yes: false });
  return isShown;
}

/** Asks the running registry whether it still promises what is gone. */
async function askedCache(
  { swept, plan, survey }: Collection,
  context: Context,
  flags: Said,
): Promise<CacheCheck | undefined> {
  if (flags.registry === undefined || swept === undefined) return undefined;
  const { scheme } = context.settings;
  const { registry } = parseRegistryPrefix(String(flags.registry), scheme === undefined ? {} : { scheme });
  const gone = new Set(swept.blobs.map(({ digest }) => digest));
  const asked = plan.layerLinks.flatMap(({ repository, digest }): SweptBlob[] =>
    gone.has(digest) ? [{ repository, digest: survey.snapshot.digests.digestAt(digest) }] : [],
  );
  return checkCache(openSession(registry, context.session).registry, asked);
}

function tidyingsIn(said: unknown): readonly (typeof tidyings)[number][] {
  const words = Array.isArray(said) ? said : said === undefined ? [] : [said];
  return words.map((word) => oneOf("tidy", word, tidyings));
}
