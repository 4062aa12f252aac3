import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { type Digest, isDigestText } from "../registry/names.ts";
import type { EmitCollect } from "./events.ts";

/** The content of a link file: a digest, or a reason why it is none. */
export type LinkReading = { readonly digest: Digest } | { readonly garbled: string };

/** Reads link files in batches, while others are still being found. */
export interface LinkReader<Link extends { readonly path: string }> {
  /** Queues a link to be read. */
  want(link: Link): void;
  /** Resolves to all queued links with their contents, in order; call it once, after the last `want`. */
  readings(): Promise<readonly FoundLink<Link>[]>;
}

/** A link and its content; undefined where its file does not exist. */
export interface FoundLink<Link> {
  readonly link: Link;
  readonly reading: LinkReading | undefined;
}

/** How links are read. */
export interface LinkOptions {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly emit: EmitCollect;
  readonly signal?: AbortSignal | undefined;
}

/** How many files are read in one go. */
const batch = 1_024;
/** For how long an empty link is read again, in milliseconds. */
const patience = 2_000;

/**
 * Makes a reader that starts reading as soon as 1,024 links are queued. An empty link is read again for 2 s: it may be
 * a push.
 */
export function linkReader<Link extends { readonly path: string }>(
  driver: StorageDriver,
  { sleep, emit, signal }: LinkOptions,
): LinkReader<Link> {
  const wanted: Link[] = [];
  const batches: Promise<readonly (LinkReading | undefined)[]>[] = [];
  let [sent, done, isListed] = [0, 0, false];

  function send(): void {
    const paths = wanted.slice(sent, sent + batch).map(({ path }) => path);
    sent += paths.length;
    const reading = read(paths, batches.at(-2)); // two batches at a time
    reading.catch(() => {}); // thrown by readings()
    batches.push(reading);
  }
  async function read(paths: readonly string[], before: Promise<unknown> | undefined) {
    await before;
    signal?.throwIfAborted();
    const readings = (await driver.readAll(paths)).map((bytes) => bytes && readingOf(bytes));
    done += paths.length;
    if (isListed) emit({ kind: "progress", phase: "reading-links", done, total: wanted.length });
    return readings;
  }
  /** Reads empty links again: distribution 2 empties a link before it writes it, so that a push may be in progress. */
  async function readEmptyAgain(readings: (LinkReading | undefined)[]): Promise<void> {
    for (let waited = 0; waited < patience && readings.includes(empty); waited += 100) {
      await sleep(100);
      const again = [...readings.keys()].filter((place) => readings[place] === empty);
      const bytes = await driver.readAll(again.map((place) => wanted[place]?.path ?? ""));
      for (const [index, place] of again.entries()) readings[place] = bytes[index] && readingOf(bytes[index]);
    }
  }
  return {
    want(link) {
      wanted.push(link);
      if (wanted.length - sent === batch) send();
    },
    async readings() {
      isListed = true;
      send();
      const readings = (await Promise.all(batches)).flat();
      await readEmptyAgain(readings);
      return wanted.map((link, place) => ({ link, reading: readings[place] }));
    },
  };
}

const empty: LinkReading = { garbled: "the link is empty" };
const decoder = new TextDecoder();

function readingOf(bytes: Uint8Array): LinkReading {
  if (bytes.length === 0) return empty;
  const text = decoder.decode(bytes);
  return isDigestText(text) ? { digest: text } : { garbled: `the link holds ${JSON.stringify(text.slice(0, 80))}` };
}
