import process from "node:process";
import { type Style, styleFor } from "./render/style.ts";
import type { Settings } from "./settings.ts";

/** Writes a command's answer: one JSON document, or the words of `format`. */
export function answer<Document>(
  settings: Settings,
  document: Document,
  format: (document: Document, style: Style) => string,
): void {
  if (settings.output !== "text") process.stdout.write(`${JSON.stringify(document)}\n`);
  else if (!settings.quiet) process.stdout.write(`${format(document, styleFor(process.stdout))}\n`);
}
