import process from "node:process";

// Each stream is opened when it is first written to: Node loads half of its library for one. A command goes on working
// when the reader of its output is gone, as behind `| head`, so that an operation is finished or rolled back all the
// same.

let hasOutput = false;
let hasErrors = false;

/**
 * Standard output. Output that is lost for another reason than a reader who left, such as a full disk, makes the exit
 * code 1.
 */
export function standardOutput(): typeof process.stdout {
  if (!hasOutput) process.stdout.on("error", tellLost);
  hasOutput = true;
  return process.stdout;
}

/** Standard error; whatever becomes of it is nobody's concern. */
export function standardError(): typeof process.stderr {
  if (!hasErrors) process.stderr.on("error", () => {});
  hasErrors = true;
  return process.stderr;
}

let isLeft = false;

/** True once who read standard output has left, as behind `| head`; Node itself forgets it, and never closes the stream. */
export function isOutputLeft(): boolean {
  return isLeft;
}

let isTold = false;

function tellLost({ code, message }: NodeJS.ErrnoException): void {
  isLeft ||= code === "EPIPE";
  if (code === "EPIPE" || isTold) return;
  isTold = true;
  standardError().write(`tagwise: the answer could not be written: ${message}\n`);
  process.once("exit", failed);
}

function failed(): void {
  process.exitCode ||= 1;
}
