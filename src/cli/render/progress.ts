import process from "node:process";
import { isatty } from "node:tty";
import { phaseWords } from "../../app/removing/phase-words.ts";
import { printable } from "../../support/printable.ts";
import { ticks } from "../../support/ticks.ts";
import type { Emit } from "../../untag/events.ts";
import { standardError } from "../streams.ts";
import { isDevice } from "../write-at-once.ts";

/** How far some long work has come. */
export interface Step {
  /** What the work is done on, such as a repository. */
  readonly subject: string;
  readonly doing: string;
  readonly done: number;
  /** 1 or less where nothing is counted; undefined where the number is not known yet. */
  readonly total: number | undefined;
}

/** The part of a stream that a progress line needs. */
interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Standard error, opened only when it is first written to: opening it takes as long as loading all commands. */
const errorTerminal: Terminal = {
  get isTTY() {
    return process.env.TERM !== "dumb" && isDevice(2) && isatty(2); // isatty alone would load much of node:net
  },
  get columns() {
    return standardError().columns;
  },
  write: (text) => standardError().write(text),
};

/** A progress line on standard error, with rate and remaining time; shown only on a terminal. */
export interface Progress {
  show(step: Step): void;
  /** Writes a line that stays, unless `--quiet`. */
  note(about: string, says: string): void;
  /** Shows the events of an operation on tags. */
  readonly emit: Emit;
  /** Clears the line, so that something else can be written. */
  clear(): void;
}

/** Makes a progress line; it is redrawn at most every 80 ms. */
export function progressLine({ quiet }: { readonly quiet: boolean }, stream: Terminal = errorTerminal): Progress {
  const isShown = !quiet && stream.isTTY;
  let isDrawn = false;
  let drawnAt = 0;
  let doing: string | undefined;
  let began = 0;
  const progress: Progress = {
    show(step) {
      if (!isShown) return;
      const now = ticks();
      const isLast = step.done >= (step.total ?? Number.POSITIVE_INFINITY);
      if (now - drawnAt < 80 && step.doing === doing && !isLast) return;
      if (step.doing !== doing) [doing, began] = [step.doing, now];
      [isDrawn, drawnAt] = [true, now];
      stream.write(`\r\u001b[K${formatStep(step, (now - began) / 1000, stream.columns)}`);
    },
    note(about, says) {
      if (quiet) return;
      progress.clear();
      stream.write(`${printable(`${about}: ${says}`)}\n`);
    },
    emit(event) {
      const { kind, repository } = event;
      if (kind === "progress") progress.show({ ...event, subject: repository, doing: phaseWords[event.phase] });
      if (kind === "note")
        progress.note(event.tag === undefined ? repository : `${repository}:${event.tag}`, event.says);
    },
    clear() {
      if (isDrawn) stream.write("\r\u001b[K");
      isDrawn = false;
    },
  };
  return progress;
}

/**
 * `team/app: reading 120 of 5000, 610 a second, 8 s left`; a subject too long for the terminal is cut at its beginning.
 */
export function formatStep(step: Step, seconds: number, columns = 0): string {
  const [subject, says] = [printable(step.subject), `: ${printable(countOf(step, seconds))}`];
  const room = Math.max((columns || 80) - 1 - says.length, 1); // the last column is left free: some terminals wrap there
  return (subject.length <= room ? subject : `…${subject.slice(subject.length - room + 1)}`) + says;
}

function countOf({ doing, done, total }: Step, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  if (total === undefined) return `${doing}, ${done} so far${rate > 0 ? `, ${Math.round(rate)} a second` : ""}`;
  if (total <= 1) return `${doing} …`;
  const left = rate > 0 ? `, ${Math.round(rate)} a second, ${Math.ceil((total - done) / rate)} s left` : "";
  return `${doing} ${done} of ${total}${left}`;
}
