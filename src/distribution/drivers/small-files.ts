import { Buffer } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { smallFile } from "./driver.ts";
import { readingFailure } from "./unreadable.ts";

const usual = 64 * 1024;
/** Small files lie side by side in large buffers: one of its own for each would cost more than reading it. */
let slab = Buffer.alloc(0);
let used = 0;

/** Reads a small file in three system calls; of a larger one the beginning, a byte more than is small. */
export function readSmall(path: string): Uint8Array {
  const file = openSync(path, "r");
  try {
    if (slab.length - used < usual) [slab, used] = [Buffer.allocUnsafeSlow(usual * 16), 0];
    const length = readSync(file, slab, used, usual, null);
    const beginning = slab.subarray(used, used + length);
    used += length;
    return length < usual ? beginning : readOn(beginning, (rest) => readSync(file, rest, 0, rest.length, null));
  } catch (error) {
    throw readingFailure(error, path);
  } finally {
    closeSync(file);
  }
}

function readOn(beginning: Buffer, read: (rest: Buffer) => number): Uint8Array {
  const chunks = [beginning];
  for (let length = beginning.length; length <= smallFile; ) {
    const chunk = Buffer.alloc(usual);
    const more = read(chunk);
    if (more === 0) break;
    chunks.push(chunk.subarray(0, more));
    length += more;
  }
  return Buffer.concat(chunks);
}

/** As `readSmall`, without blocking: for a slow disk. */
export async function readSmallLater(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const chunks: Uint8Array[] = [];
    for (let length = 0; length <= smallFile; ) {
      const { bytesRead, buffer: chunk } = await file.read(Buffer.alloc(usual), 0, usual, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw readingFailure(error, path);
  } finally {
    await file.close();
  }
}
