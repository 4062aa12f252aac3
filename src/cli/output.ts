import { once } from "node:events";
import process from "node:process";
import { printableJson } from "../support/printable.ts";
import { type Style, styleFor } from "./render/style.ts";
import type { Settings } from "./settings.ts";

let output: Settings["output"] | undefined;

/** Notes how to answer, for errors too. */
export function answerAs(chosen: Settings["output"]): void {
  output = chosen;
}

/** As was chosen; undefined as long as the settings have not been read. */
export function chosenOutput(): Settings["output"] | undefined {
  return output;
}

/** Writes a command's answer: one JSON document, or the words of `format`. */
export function answer<Document>(
  settings: Settings,
  document: Document,
  format: (document: Document, style: Style) => string,
): void {
  if (settings.output !== "text") process.stdout.write(`${printableJson(document)}\n`);
  else process.stdout.write(`${format(document, styleFor(process.stdout))}\n`);
}

interface Listed<Name> {
  /** The field of the document that holds the list. */
  readonly list: Name;
  /** Whether jsonl has an item of it a line, or the one document. */
  readonly hasLines?: boolean;
}

/** Writes an answer with a list, which is put into JSON item by item: as one text it may be larger than a string can be. */
export async function answerWithList<Name extends string, Document extends Readonly<Record<Name, readonly unknown[]>>>(
  settings: Settings,
  document: Document,
  { list, hasLines = false }: Listed<Name>,
  format: (document: Document, style: Style) => string,
): Promise<void> {
  const { [list]: items, ...head } = document;
  if (settings.output === "text") return answer(settings, document, format);
  if (settings.output === "json" || !hasLines) return printDocument(head, list, items);
  for (const item of items) if (!(await print(`${printableJson(item)}\n`))) return;
}

/** Writes a piece of a long answer, no faster than it is taken. False where nobody reads any more, as in `| head`. */
export async function print(text: string): Promise<boolean> {
  const { stdout } = process;
  if (stdout.destroyed) return false;
  if (!stdout.write(text)) {
    const over = new AbortController();
    const either = ["drain", "close"].map((event) => once(stdout, event, { signal: over.signal }));
    await Promise.race(either).catch(() => {});
    over.abort(); // the other one would listen for ever
  }
  return !stdout.destroyed;
}

/** Writes one JSON document whose list is made while it is written: it may be larger than memory. */
export async function printDocument(
  head: Readonly<Record<string, unknown>>,
  list: string,
  items: Iterable<unknown>,
): Promise<void> {
  const begin = printableJson(head).slice(0, -1);
  let text = `${begin}${begin === "{" ? "" : ","}${printableJson(list)}:[`;
  let separator = "";
  for (const item of items) {
    text += separator + printableJson(item);
    separator = ",";
    if (text.length > 64 * 1024) {
      if (!(await print(text))) return;
      text = "";
    }
  }
  await print(`${text}]}\n`);
}
