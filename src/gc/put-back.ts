import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { RegistryError } from "../registry/errors.ts";
import { messageOf } from "../support/message-of.ts";
import type { EmitCollect } from "./events.ts";
import { restoreRun } from "./restore.ts";
import { type Run, writeRun } from "./runs.ts";

interface PuttingBack {
  readonly error: unknown;
  readonly emit: EmitCollect;
}

/**
 * Puts back everything that a failed run set aside, and throws its error; where that fails too, throws `NOT_PUT_BACK`
 * with the command.
 */
export async function putBackAll(driver: StorageDriver, run: Run, { error, emit }: PuttingBack): Promise<never> {
  try {
    await restoreRun(driver, run.run, emit);
    await writeRun(driver, { ...run, state: "restored" });
  } catch (hindrance) {
    const message = `run ${run.run} stopped in the middle (${messageOf(error)}), and what it set aside could not all be put back (${messageOf(hindrance)})`;
    const next = `nothing is lost: mend that, then put it back with: tagwise gc restore STORE ${run.run}`;
    throw new RegistryError("UNKNOWN", message, { said: "NOT_PUT_BACK", next, cause: error });
  }
  throw error;
}

/** Throws `STOPPED` for a run without quarantine that failed in the middle, which cannot be put back. */
export function stopped({ run }: Run, cause: unknown): never {
  const message = `run ${run} stopped in the middle (${messageOf(cause)}): what it deleted is gone, and the rest stands`;
  const next = "mend that and run gc again: it goes on from there";
  throw new RegistryError("UNKNOWN", message, { said: "STOPPED", next, cause });
}
