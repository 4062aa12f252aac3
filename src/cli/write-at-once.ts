import { Buffer } from "node:buffer";
import { fstatSync, writeSync } from "node:fs";
import { standardOutput } from "./streams.ts";

/**
 * Writes a short text to standard output by its descriptor, since loading `process.stdout` takes as long as all the
 * rest of help.
 */
export function writeAtOnce(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    written = writeSync(1, bytes);
  } catch {
    // the pipe is full or closed, which the stream handles
  }
  if (written === bytes.length) return;
  standardOutput().write(bytes.subarray(written));
}

/** The width of the terminal on standard output; 80 where it is none. */
export function widthOut(): number {
  return (isDevice(1) && standardOutput().columns) || 80;
}

/** True where a file descriptor is a character device, and so may be a terminal. */
export function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
