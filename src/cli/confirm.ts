import { ask, canAsk } from "./ask.ts";
import { GuardError } from "./errors.ts";

interface Confirming {
  readonly yes: boolean;
  /** The flag that shows what would be done. */
  readonly lookFirst?: string;
  /** True where standard input has been read for something else. */
  readonly isInputRead?: boolean;
}

/** Asks on the terminal, unless `yes`. Throws a `GuardError` (`NOT_CONFIRMED`) for a no, or without a terminal. */
export async function confirm(
  question: string,
  { yes, lookFirst = "--dry-run", isInputRead = false }: Confirming,
): Promise<void> {
  if (yes) return;
  if (isInputRead) {
    throw new GuardError(
      "NOT_CONFIRMED",
      "standard input held the references, so nobody can be asked; nothing was changed",
      `say --yes, or look first with ${lookFirst}`,
    );
  }
  if (!canAsk()) {
    throw new GuardError(
      "NOT_CONFIRMED",
      "there is no terminal to ask on; nothing was changed",
      `say --yes, or look first with ${lookFirst}`,
    );
  }
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(?:es)?$/i.test(answer.trim()))
    throw new GuardError(
      "NOT_CONFIRMED",
      "not confirmed; nothing was changed",
      "run it again and answer y, or say --yes",
    );
}
