import process from "node:process";
import { standardError } from "./streams.ts";

/** Signal handling: the first signal asks the work to stop in good order, the second ends the process. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code for the signal that came; undefined where none did. */
  readonly exitCode: () => 130 | 143 | undefined;
}

/** Thrown where a signal ends a command before anything was changed; the exit code is 130 or 143. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: 130 | 143;

  constructor(exitCode: 130 | 143) {
    super("interrupted; nothing was changed");
    this.exitCode = exitCode;
  }
}

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const;

/**
 * Handles SIGINT, SIGTERM and SIGHUP. With `leftTo`, the command that tidies up, the first signal prints what goes on.
 */
export function interruption(leftTo?: string): Interruption {
  const controller = new AbortController();
  let code: 130 | 143 | undefined;
  for (const [name, exitCode] of Object.entries(codes)) {
    process.on(name, () => {
      if (code !== undefined) process.exit(exitCode);
      code = exitCode;
      if (leftTo !== undefined)
        standardError().write(`\nstopping in good order; once more to stop at once (${leftTo} then tidies up)\n`);
      controller.abort(new Interrupted(exitCode));
    });
  }
  return { signal: controller.signal, exitCode: () => code };
}
