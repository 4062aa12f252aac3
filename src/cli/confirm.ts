import { ask, canAsk } from "./ask.ts";
import { GuardError } from "./errors.ts";

/** Asks on the terminal, unless `yes`. Throws a `GuardError` (`NOT_CONFIRMED`) for a no, or without a terminal. */
export async function confirm(
  question: string,
  { yes, lookFirst = "--dry-run" }: { readonly yes: boolean; readonly lookFirst?: string },
): Promise<void> {
  if (yes) return;
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
