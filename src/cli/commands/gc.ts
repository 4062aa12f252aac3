import { type CacheCheck, checkCache, type SweptBlob } from "../../app/collecting/check-cache.ts";
import { type Collection, collectGarbage, type StoreWork } from "../../app/collecting/collect-garbage.ts";
import { collectLike } from "../../app/collecting/collect-like.ts";
import { collectionDocument } from "../../app/collecting/collection-document.ts";
import { noteRestart } from "../../app/collecting/collector-runs.ts";
import { expectQuiet } from "../../app/collecting/expect-quiet.ts";
import type { Store } from "../../app/collecting/open-store.ts";
import { type Restart, restartRegistry } from "../../app/collecting/restart-registry.ts";
import { openSession } from "../../app/session.ts";
import { inWords, RegistryError } from "../../registry/errors.ts";
import type { Registry } from "../../registry/registry.ts";
import { canAsk } from "../ask.ts";
import { confirm } from "../confirm.ts";
import { openContext } from "../context.ts";
import { tidyings } from "../definitions/collecting.ts";
import { answer } from "../output.ts";
import { readPrefix } from "../references.ts";
import { type CollectorAnswer, formatCollection, type Told } from "../render/collection.ts";
import { formatLike } from "../render/like.ts";
import { type Progress, progressLine } from "../render/progress.ts";
import { styleFor } from "../render/style.ts";
import { duration, oneOf, type Said, type Settings } from "../settings.ts";
import { collectProgress, readRestart, readStore, storeWork } from "../store-work.ts";
import { standardError } from "../streams.ts";

/** `tagwise gc STORE`: shows the plan, asks, and sweeps. The exit code is 3 where the restart after it failed. */
export async function action([place = ""]: readonly string[], flags: Said): Promise<number> {
  const context = await openContext(flags, { leftTo: "the next tagwise gc" });
  const store = await readStore(place, context);
  const progress = progressLine(context.settings);
  const work = storeWork(context, collectProgress(progress, store.name));
  if (flags.like !== undefined) return tellLike(store, flags, { work, progress, settings: context.settings });
  const restart = readRestart(flags.restart);
  const registry =
    flags.registry === undefined
      ? undefined
      : openSession(readPrefix(String(flags.registry), context.settings).registry, context.session);
  if (registry !== undefined && flags.quarantine === false && flags.dryRun !== true) await expectQuiet(registry);
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
  const sinceShown = await failuresOf(restart, collection, (run) => noteRestart(store, run, context.clock.now()));
  const cache = registry && (await askedCache(collection, registry.registry));
  const document = collectionDocument(collection);
  await answer<CollectorAnswer>(
    context.settings,
    { ...document, warnings: [...document.warnings, ...sinceShown], ...(cache && { cache }) },
    (shown, style) => formatCollection(shown, style, { ...told, isShown, sinceShown }),
  );
  return context.interruption.exitCode() ?? (sinceShown.length > 0 ? 3 : 0);
}

interface Telling {
  readonly work: StoreWork;
  readonly progress: Progress;
  readonly settings: Settings;
}

/** `--like`: tells what a version's own collector would do, and changes nothing. */
async function tellLike(store: Store, flags: Said, { work, progress, settings }: Telling): Promise<number> {
  const like = oneOf("like", flags.like, ["distribution2", "distribution3"]);
  const document = await collectLike(store, { ...work, like, untagged: flags.untagged === true });
  progress.clear();
  await answer(settings, document, formatLike);
  return 0;
}

/**
 * Restarts the registry, if that was asked for. What fails then is told in words: it must not hide what the sweep came
 * to.
 */
async function failuresOf(
  restart: Restart | undefined,
  { run, swept }: Collection,
  note: (run: Collection["run"]) => Promise<void>,
): Promise<readonly string[]> {
  if (restart === undefined || swept === undefined) return [];
  try {
    await restartRegistry(restart);
    await note(run);
    return [];
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return [inWords(error)];
  }
}

/** Asks for confirmation, after showing the plan on a terminal; resolves to whether it was shown. */
async function confirmSweep(planned: Collection, flags: Said, told: Told): Promise<boolean> {
  if (flags.yes === true) return false;
  const isShown = canAsk();
  if (isShown) {
    standardError().write(`${formatCollection(collectionDocument(planned), styleFor(process.stderr), told)}\n`);
  }
  await confirm(told.quarantine ? "Set this aside?" : "Delete this at once, for good?", { yes: false });
  return isShown;
}

/**
 * Asks the running registry whether its cache still claims to have what was swept; undefined where nothing was swept.
 */
async function askedCache({ swept, plan, survey }: Collection, registry: Registry): Promise<CacheCheck | undefined> {
  if (swept === undefined) return undefined;
  const gone = new Set(swept.blobs.map(({ digest }) => digest));
  const asked = plan.layerLinks.flatMap(({ repository, digest }): SweptBlob[] =>
    gone.has(digest) ? [{ repository, digest: survey.snapshot.digests.digestAt(digest) }] : [],
  );
  return checkCache(registry, asked);
}

function tidyingsIn(said: unknown): readonly (typeof tidyings)[number][] {
  const words = Array.isArray(said) ? said : said === undefined ? [] : [said];
  return words.map((word) => oneOf("tidy", word, tidyings));
}
