import { emitKeypressEvents } from "node:readline";
import { PassThrough } from "node:stream";
import { keysOf, type Press } from "../keys/key.ts";
import type { TerminalEvents } from "./terminal.ts";

/** Milliseconds after which a lone ESC is the key itself, not the beginning of a sequence. */
const escapeTime = 40;

/**
 * Makes a stream that turns the bytes written to it into keys and pasted texts; `onPress` is called before each of
 * them.
 */
export function keyListener(
  { onKey, onPaste }: Pick<TerminalEvents, "onKey" | "onPaste">,
  onPress: () => void,
): PassThrough {
  const keys = new PassThrough();
  let pasted: string | undefined;
  emitKeypressEvents(keys, Object.assign(Object.create(null), { escapeCodeTimeout: escapeTime }));
  keys.on("keypress", (_: string | undefined, press: Press) => {
    onPress();
    if (press.name === "paste-start") pasted = "";
    else if (press.name === "paste-end") {
      onPaste(pasted ?? "");
      pasted = undefined;
    } else if (pasted !== undefined) pasted += press.sequence ?? "";
    else keysOf(press).forEach(onKey);
  });
  return keys;
}
