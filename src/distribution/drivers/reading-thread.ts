import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { missing } from "./missing.ts";
import { readSmall } from "./small-files.ts";

/** What the thread made of some paths: the files one after the other, and the length of each; -1 where it gave up. */
interface Answer {
  readonly bytes: Uint8Array;
  readonly lengths: Int32Array;
}

/**
 * Reads small files in a thread of its own, in the order asked, while whoever asked goes on: three system calls a file
 * are a third of a collector's time.
 */
export async function readInThread(paths: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
  const answering = queue.then(() => ask(paths));
  queue = answering.catch(() => {});
  const { bytes, lengths } = await answering;
  let end = 0;
  return paths.map((path, place) => {
    const length = lengths[place] ?? -1;
    // what is missing, large or unreadable is tried again here, where its error can be thrown as it is
    if (length === -1) return missing(() => readSmall(path));
    end += length;
    return bytes.subarray(end - length, end);
  });
}

/** One for the process: it ends with it, and keeps nobody from ending. */
let thread: Worker | undefined;
let queue: Promise<unknown> = Promise.resolve();

async function ask(paths: readonly string[]): Promise<Answer> {
  thread ??= started();
  const awake = setInterval(() => {}, 60_000); // the process must not end, as if all was done, while the answer is on its way
  try {
    thread.postMessage(paths.join("\0")); // one text crosses over in a fraction of the time of many
    const [answer] = await once(thread, "message"); // an error of the thread is thrown here
    return answer;
  } catch (error) {
    thread = undefined;
    throw error;
  } finally {
    clearInterval(awake);
  }
}

function started(): Worker {
  const worker = new Worker(program, { eval: true });
  worker.unref();
  return worker;
}

/** As text: a thread starts from a file of its own, which neither a bundle nor a test has. */
const program = `
const { closeSync, openSync, readSync } = require("node:fs");
const { parentPort } = require("node:worker_threads");
const one = new Uint8Array(64 * 1024);

parentPort.on("message", (text) => {
  const paths = text.split("\\0");
  const lengths = new Int32Array(paths.length);
  let bytes = new Uint8Array(64 * 1024);
  let end = 0;
  for (const [place, path] of paths.entries()) {
    const length = (lengths[place] = lengthOf(path));
    if (length <= 0) continue;
    if (end + length > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(one.subarray(0, length), end);
    end += length;
  }
  parentPort.postMessage({ bytes, lengths }, [bytes.buffer, lengths.buffer]);
});

function lengthOf(path) {
  let file;
  try {
    file = openSync(path, "r");
    const length = readSync(file, one, 0, one.length, null);
    return length < one.length ? length : -1;
  } catch {
    return -1;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
`;
