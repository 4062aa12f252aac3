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

/** Puts back all that a run set aside, since it failed, and throws why; where that fails too, how it is done by hand. */
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

/** Throws what is to be done where a run that deletes at once fails in the middle. */
export function stopped({ run }: Run, cause: unknown): never {
  const message = `run ${run} stopped in the middle (${messageOf(cause)}): what it deleted is gone, and the rest stands`;
  const next = "mend that and run gc again: it goes on from there";
  throw new RegistryError("UNKNOWN", message, { said: "STOPPED", next, cause });
}
