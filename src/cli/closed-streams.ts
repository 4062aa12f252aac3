import process from "node:process";

/**
 * Keeps the process working when the reader of its output is gone, as behind `| head`, so that an operation is finished
 * or rolled back all the same. Output that is lost for another reason, such as a full disk, makes the exit code 1 at
 * the end.
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
