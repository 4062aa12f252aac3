import type { StoreWork } from "../app/collect-garbage.ts";
import { parseRestart, type Restart } from "../app/restart-registry.ts";
import type { CollectPhase, EmitCollect } from "../gc/events.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./errors.ts";
import type { Progress } from "./render/progress.ts";
import type { Said } from "./settings.ts";

const words: Readonly<Record<CollectPhase, string>> = {
  listing: "listing",
  reading: "reading links and manifests",
  checking: "checking ages",
  unlinking: "setting links aside",
  moving: "setting blobs aside",
  restoring: "putting back",
  deleting: "deleting",
};

/** What the commands on a store hand to their use cases. */
export function storeWork(context: Context, flags: Said, emit: EmitCollect): StoreWork {
  const { clock, folders, interruption, settings } = context;
  const isSaid = flags.concurrency !== undefined;
  // the usual 8 at once is for somebody's registry; a store has its own measure
  return {
    clock,
    locks: folders.locks,
    emit,
    signal: interruption.signal,
    ...(isSaid && { concurrency: settings.concurrency }),
  };
}

/** Shows what a collector tells on the progress line. */
export function collectProgress(progress: Progress, store: string): EmitCollect {
  return ({ phase, done, total }) => {
    const doing = total === undefined ? `${words[phase]}, ${done} so far` : words[phase];
    progress.show({ subject: store, doing, done, total: total ?? 0 });
  };
}

export function readRestart(said: unknown): Restart | undefined {
  if (said === undefined) return undefined;
  const restart = parseRestart(String(said));
  if (restart !== undefined) return restart;
  throw new UsageError(`--restart takes docker:NAME, systemd:UNIT or exec:COMMAND, not ${JSON.stringify(said)}`);
}
