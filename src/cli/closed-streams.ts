import process from "node:process";

/**
 * Goes on where nobody reads any more, as behind `| head`: an operation that has begun is finished, or taken back,
 * whoever looks. An answer that was lost in another way, on a full disk say, is a failure once all is done.
 */
export function outliveReaders(): void {
  if (process.stdout.listenerCount("error") > 0) return;
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EPIPE") process.once("exit", failed);
  });
}

function failed(): void {
  process.exitCode ||= 1;
}
