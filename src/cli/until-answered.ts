import process from "node:process";

/**
 * Waits for the work of a command, which sets the exit code. Until then the exit code is 1: a promise that never
 * settles does not keep the process alive, and its end would otherwise look like success.
 */
export async function untilAnswered(work: () => Promise<unknown>, args: readonly string[]): Promise<void> {
  const tell = async () => {
    const { fail } = await import("./fail.ts");
    process.exitCode = await fail(new Error("it ended before it had an answer"), args);
  };
  process.exitCode = 1;
  process.once("beforeExit", tell);
  try {
    await work();
  } finally {
    process.off("beforeExit", tell);
  }
}
