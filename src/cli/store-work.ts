import process from "node:process";
import type { StoreWork } from "../app/collecting/collect-garbage.ts";
import { openStore, type Store } from "../app/collecting/open-store.ts";
import { parseRestart, type Restart } from "../app/collecting/restart-registry.ts";
import type { CollectPhase, EmitCollect } from "../gc/events.ts";
import { RegistryError } from "../registry/errors.ts";
import type { Context } from "./context.ts";
import { asUsageError, UsageError } from "./errors.ts";
import type { Progress } from "./render/progress.ts";

const words: Readonly<Record<CollectPhase, string>> = {
  listing: "listing",
  "reading-links": "reading links",
  "reading-manifests": "reading manifests",
  unlinking: "setting links aside",
  moving: "setting blobs aside",
  restoring: "putting back",
  deleting: "deleting",
};

/** Opens the named store. Throws a usage error where it does not exist. */
export async function readStore(
  place: string,
  { environment, settings }: Pick<Context, "environment" | "settings">,
): Promise<Store> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true"; // no warning about Node
  try {
    return await openStore(place, environment, { concurrency: settings.storeConcurrency });
  } catch (cause) {
    throw cause instanceof RegistryError && cause.said === "STORE_UNKNOWN" ? asUsageError(cause) : cause;
  }
}

/** What commands on a store pass to their use cases. */
export function storeWork({ clock, folders, interruption }: Context, emit: EmitCollect): StoreWork {
  return { clock, locks: folders.locks, emit, signal: interruption.signal };
}

/** Shows a collector's progress on the progress line. */
export function collectProgress(progress: Progress, store: string): EmitCollect {
  return ({ phase, done, total }) => progress.show({ subject: store, doing: words[phase], done, total });
}

/** Parses `--restart`; undefined where it was not given. Throws a usage error for an invalid value. */
export function readRestart(said: unknown): Restart | undefined {
  if (said === undefined) return undefined;
  const restart = parseRestart(String(said));
  if (restart !== undefined) return restart;
  throw new UsageError(`--restart takes docker:NAME, systemd:UNIT or exec:COMMAND, not ${JSON.stringify(said)}`);
}
