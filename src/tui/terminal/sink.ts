import { closeSync, constants, openSync, writeSync } from "node:fs";
import process from "node:process";
import { codeOf } from "../../support/system-error.ts";

/** Where the bytes for the terminal go. */
export interface Sink {
  /** Queues bytes; `done` is called when the terminal has taken them. */
  write(bytes: string, done: () => void): void;
  /** Writes all that is queued and these bytes, waiting half a second at most. */
  writeNow(bytes: string): void;
}

/** Milliseconds until a stalled terminal is written to again. */
const retryAfter = 8;

/**
 * A non-blocking way to write to the terminal: Node's own stream blocks the event loop, with all requests, while the
 * terminal stalls. It opens the terminal anew, so that non-blocking mode does not apply to other programs.
 */
export function terminalSink(): Sink {
  const descriptor = openNonBlocking();
  const waiting: { bytes: Buffer; done: () => void }[] = [];

  /** Writes as much as possible; true where nothing is left. */
  function push(): boolean {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const rest = writeSome(descriptor, first.bytes);
      if (rest.length > 0) {
        first.bytes = rest;
        return false;
      }
      waiting.shift();
      first.done();
    }
    return true;
  }
  function pushLater(): void {
    setTimeout(() => push() || pushLater(), retryAfter);
  }
  return {
    write(bytes, done) {
      waiting.push({ bytes: Buffer.from(bytes), done });
      if (waiting.length === 1 && !push()) pushLater();
    },
    writeNow(bytes) {
      const rest = waiting.splice(0).map((one) => one.bytes);
      waitToWrite(descriptor, Buffer.concat([...rest, Buffer.from(bytes)]));
    },
  };
}

function openNonBlocking(): number {
  for (const path of ["/proc/self/fd/1", "/dev/tty"]) {
    try {
      const descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      process.once("exit", () => closeSync(descriptor));
      return descriptor;
    } catch {
      // not on this system: tries the next one
    }
  }
  return 1;
}

/** Writes without blocking and returns what the terminal did not take. */
function writeSome(descriptor: number, bytes: Buffer): Buffer {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    // the terminal is gone: the rest is dropped, and a SIGHUP ends the program
    if (codeOf(error) !== "EAGAIN") return Buffer.alloc(0);
  }
  return rest;
}

/** Writes everything, but waits no more than half a second for a stalled terminal. */
function waitToWrite(descriptor: number, bytes: Buffer): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let rest = writeSome(descriptor, bytes);
  for (let tries = 0; rest.length > 0 && tries < 50; tries++) {
    Atomics.wait(pause, 0, 0, 10);
    rest = writeSome(descriptor, rest);
  }
}
