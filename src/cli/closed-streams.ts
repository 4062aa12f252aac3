import process from "node:process";

/**
 * Goes on where nobody reads any more, as behind `| head`: an operation that has begun is finished, or taken back,
 * whoever looks. An answer that was lost in another way, on a full disk say, is a failure once all is done.
 */
export function outliveReaders(): void {
  if (process.stdout.listenerCount("error") > 0) return;
  process.stderr.on("error", () => {});
  let isTold = false;
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || isTold) return;
    isTold = true;
    process.stderr.write(`tagwise: the answer could not be written: ${message}\n`);
    process.once("exit", failed);
  });
}

function failed(): void {
  process.exitCode ||= 1;
}
