import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { type Digest, isDigestText } from "../registry/names.ts";
import type { EmitCollect } from "./events.ts";

/** What a link holds. */
export type LinkReading = { readonly digest: Digest } | { readonly garbled: string };

interface LinkOptions {
  readonly batch: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly emit: EmitCollect;
  readonly signal?: AbortSignal | undefined;
}

/** For how long an empty link is read again, in milliseconds. */
const patience = 2_000;

/** Reads links; undefined for one that is not there. */
export async function readLinks(
  driver: StorageDriver,
  links: readonly { readonly path: string }[],
  { batch, sleep, emit, signal }: LinkOptions,
): Promise<readonly (LinkReading | undefined)[]> {
  const readings: (LinkReading | undefined)[] = [];
  for (let start = 0; start < links.length; start += batch) {
    signal?.throwIfAborted();
    const some = links.slice(start, start + batch);
    for (const bytes of await driver.readAll(some.map(({ path }) => path))) readings.push(bytes && readingOf(bytes));
    emit({ kind: "progress", phase: "reading", done: readings.length, total: links.length });
  }
  // 2.x empties a link before it writes the new one: an empty one may be a push in progress
  for (let waited = 0; waited < patience && readings.includes(empty); waited += 100) {
    await sleep(100);
    const again = [...readings.keys()].filter((place) => readings[place] === empty);
    const bytes = await driver.readAll(again.map((place) => links[place]?.path ?? ""));
    for (const [index, place] of again.entries()) readings[place] = bytes[index] && readingOf(bytes[index]);
  }
  return readings;
}

const empty: LinkReading = { garbled: "the link is empty" };
const decoder = new TextDecoder();

function readingOf(bytes: Uint8Array): LinkReading {
  if (bytes.length === 0) return empty;
  const text = decoder.decode(bytes);
  return isDigestText(text) ? { digest: text } : { garbled: `the link holds ${JSON.stringify(text.slice(0, 80))}` };
}
