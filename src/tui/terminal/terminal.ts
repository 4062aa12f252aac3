import process from "node:process";
import type { Key } from "../keys/key.ts";
import type { Size } from "../screen/cells.ts";
import { keyListener } from "./key-listener.ts";
import { type Report, reportFilter } from "./reports.ts";
import { terminalSink } from "./sink.ts";

/** What is called when something happens on the terminal. */
export interface TerminalEvents {
  readonly onKey: (key: Key) => void;
  readonly onPaste: (text: string) => void;
  readonly onClick: (x: number, y: number) => void;
  readonly onResize: (size: Size) => void;
  /** The terminal was left and taken back, so the whole screen must be drawn. */
  readonly onReturn: () => void;
}

/** The terminal of this process. */
export interface Terminal {
  readonly size: () => Size;
  /** Bytes of input handled so far, without an ESC that may begin a sequence. */
  readonly received: () => number;
  /** Takes the terminal: raw input and the alternate screen. */
  enter(): void;
  /** Restores the terminal; synchronous, and harmless when called twice. */
  leave(): void;
  /** Writes a frame; `done` is called when the terminal has taken all of it. Only one frame at a time. */
  write(bytes: string, done: () => void): void;
  /** Restores the terminal, stops this process as ctrl-z does in a shell, and takes the terminal back after `fg`. */
  suspend(): void;
  /** Puts a text on the clipboard. */
  copy(text: string): void;
  /** Turns reports of clicks on or off; they stay as they are over a suspension. */
  mouse(isOn: boolean): void;
}

const entering = "\u001b[?1049h\u001b[?7l\u001b[?25l\u001b[?2004h\u001b[2J";
const withMouse = "\u001b[?1000h\u001b[?1006h";
const withoutMouse = "\u001b[?1000l\u001b[?1006l";
const leaving = `\u001b[m${withoutMouse}\u001b[?2004l\u001b[?25h\u001b[?7h\u001b[?1049l`;

/**
 * Opens the terminal of this process. `isMultiplexed` is true under tmux, which claims synchronized output that it does
 * not do.
 */
export function openTerminal(events: TerminalEvents, { isMultiplexed }: { readonly isMultiplexed: boolean }): Terminal {
  const { stdin, stdout } = process;
  const sink = terminalSink();
  let isEntered = false;
  let arrived = 0;
  let received = 0;
  let isAtomic = false;
  let hasMouse = false;
  const filter = reportFilter((report) => heard(report));
  const keys = keyListener(events, () => {
    received = arrived;
  });

  function heard(report: Report): void {
    if (report.is === "synchronized") isAtomic = report.isKnown && !isMultiplexed;
    else events.onClick(report.x, report.y);
  }
  const onData = (chunk: Buffer) => {
    arrived += chunk.length;
    if (chunk.at(-1) !== 0x1b) received = arrived;
    keys.write(filter(chunk.toString("latin1")), "latin1");
  };
  const size = (): Size => ({ width: stdout.columns || 80, height: stdout.rows || 24 });
  // dragging a window sends many events, of which only the last in a turn counts
  let isResizing = false;
  const onResize = () => {
    if (isResizing) return;
    isResizing = true;
    setImmediate(() => {
      isResizing = false;
      events.onResize(size());
    });
  };

  const terminal: Terminal = {
    size,
    received: () => received,
    enter() {
      if (isEntered) return;
      isEntered = true;
      stdin.setRawMode(true);
      stdin.on("data", onData);
      stdin.resume();
      stdout.on("resize", onResize);
      sink.writeNow(entering + (hasMouse ? withMouse : "") + (isMultiplexed ? "" : "\u001b[?2026$p"));
    },
    leave() {
      if (!isEntered) return;
      isEntered = false;
      sink.writeNow(leaving);
      stdin.off("data", onData);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.off("resize", onResize);
    },
    write(bytes, done) {
      if (!isEntered) return; // the terminal is not ours any more
      sink.write(isAtomic ? `\u001b[?2026h${bytes}\u001b[?2026l` : bytes, done);
    },
    suspend() {
      terminal.leave();
      process.kill(0, "SIGTSTP"); // the whole process group, as the terminal does
      comeBack();
    },
    copy(text) {
      terminal.write(clipboard(text), () => {});
    },
    mouse(isOn) {
      hasMouse = isOn;
      sink.writeNow(isOn ? withMouse : withoutMouse);
    },
  };
  const comeBack = () => {
    terminal.enter();
    events.onResize(size());
    events.onReturn();
  };
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) process.prependListener(signal, terminal.leave);
  process.on("exit", terminal.leave);
  // the terminal may have been changed while this process was stopped from outside
  process.on("SIGCONT", () => {
    if (!isEntered) return;
    terminal.leave();
    comeBack();
  });
  return terminal;
}

/** The OSC 52 sequence that copies a text; it works over SSH too. */
function clipboard(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`;
}
