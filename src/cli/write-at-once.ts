import { Buffer } from "node:buffer";
import { fstatSync, writeSync } from "node:fs";
import process from "node:process";
import { outliveReaders } from "./closed-streams.ts";

/** Writes a short text to standard output, past the stream of that name: to load it takes as long as all else that help needs. */
export function writeAtOnce(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    written = writeSync(1, bytes);
  } catch {
    // a pipe that takes nothing now, or is closed: the stream knows what to do
  }
  if (written === bytes.length) return;
  outliveReaders();
  process.stdout.write(bytes.subarray(written));
}

/** The columns of the terminal that standard output is, if it may be one. */
export function widthOut(): number {
  return (isDevice(1) && process.stdout.columns) || 80;
}

/** Whether a file descriptor may be a terminal. */
export function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}
