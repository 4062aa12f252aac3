import process from "node:process";
import { printable } from "../../support/printable.ts";
import type { Emit, Phase, UntagEvent } from "../../untag/events.ts";

const words: Readonly<Record<Phase, string>> = {
  listing: "listing the tags",
  reading: "reading the chosen tags",
  scanning: "scanning for siblings",
  probing: "trying whether it can be put back",
  rehearsing: "rehearsing on scratch tags",
  overwriting: "pointing at the decoy",
  deleting: "deleting the decoy",
  removing: "removing",
  verifying: "reading everything back",
  restoring: "putting back",
};

/** A line on standard error that tells how far it is, with rate and remaining time; only on a terminal. */
export interface Progress {
  readonly emit: Emit;
  /** Clears the line, so that something else can be written. */
  clear(): void;
}

export function progressLine(
  { quiet }: { readonly quiet: boolean },
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  if (quiet || !stream.isTTY) return { emit: notesTo(stream, quiet), clear() {} };
  let drawn = 0;
  let phase: Phase | undefined;
  let began = 0;
  return {
    emit(event) {
      if (event.kind !== "progress") return notesTo(stream, quiet)(event);
      const now = performance.now();
      if (event.phase !== phase) [phase, began] = [event.phase, now];
      if (now - drawn < 80 && event.done < event.total) return;
      drawn = now;
      stream.write(`\r\u001b[K${formatProgress(event, (now - began) / 1000)}`);
    },
    clear() {
      if (drawn > 0) stream.write("\r\u001b[K");
    },
  };
}

export function formatProgress(
  { phase, done, total, repository }: Extract<UntagEvent, { kind: "progress" }>,
  seconds: number,
): string {
  if (total <= 1) return `${repository}: ${words[phase]} …`;
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? `, ${Math.round(rate)} a second, ${Math.ceil((total - done) / rate)} s left` : "";
  return `${repository}: ${words[phase]} ${done} of ${total}${left}`;
}

function notesTo(stream: NodeJS.WriteStream, quiet: boolean): Emit {
  return (event) => {
    if (event.kind === "note" && !quiet)
      stream.write(
        `${printable(`${event.repository}${event.tag === undefined ? "" : `:${event.tag}`}: ${event.says}`)}\n`,
      );
  };
}
