import { once } from "node:events";
import { printableJson } from "../support/printable.ts";
import { type Style, styleFor } from "./render/style.ts";
import type { Settings } from "./settings.ts";
import { isOutputLeft, standardOutput } from "./streams.ts";
import { isDevice, writeAtOnce } from "./write-at-once.ts";

let output: Settings["output"] | undefined;

/** Sets the output format for the whole process, errors included. */
export function answerAs(chosen: Settings["output"]): void {
  output = chosen;
}

/** The output format; undefined as long as the settings have not been read. */
export function chosenOutput(): Settings["output"] | undefined {
  return output;
}

/** Writes a command's answer: one JSON document, or the words of `format`. */
export async function answer<Document>(
  settings: Settings,
  document: Document,
  format: (document: Document, style: Style) => string,
): Promise<void> {
  await print(`${settings.output === "text" ? format(document, styleFor(out)) : printableJson(document)}\n`);
}

/**
 * Standard output as far as styles care: it is a terminal only where it is a device, and is opened to look only there.
 */
const out = {
  get isTTY() {
    return isDevice(1) && standardOutput().isTTY;
  },
};

interface Listed<Name> {
  /** The field of the document that holds the list. */
  readonly list: Name;
  /** True where jsonl prints one item a line; otherwise it prints the whole document. */
  readonly hasLines?: boolean;
}

/** Writes an answer with a list item by item, since its JSON may be longer than a string can be. */
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

/** The largest text, in characters, that is written as one piece. */
const longest = 64 * 1024;
let isFirst = true;

/**
 * Writes a piece of an answer, no faster than it is taken. False where nobody reads any more, as in `| head`. Most
 * answers are short and the only piece: the first is written without opening the stream.
 */
export async function print(text: string): Promise<boolean> {
  if (isFirst && text.length <= longest) {
    isFirst = false;
    writeAtOnce(text);
    return true;
  }
  isFirst = false;
  const stdout = standardOutput();
  if (isOutputLeft()) return false;
  if (!stdout.write(text)) {
    const over = new AbortController();
    const either = ["drain", "close"].map((event) => once(stdout, event, { signal: over.signal }));
    await Promise.race(either).catch(() => {});
    over.abort(); // the other one would listen for ever
  }
  return !isOutputLeft();
}

/** Writes one JSON document whose list is made while it is written, since it may not fit into memory. */
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
    if (text.length > longest) {
      if (!(await print(text))) return;
      text = "";
    }
  }
  await print(`${text}]}\n`);
}
