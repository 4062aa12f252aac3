import { closeSync, constants, openSync, writeSync } from "node:fs";
import process from "node:process";
import { emitKeypressEvents } from "node:readline";
import { PassThrough } from "node:stream";
import { type Key, keysOf, type Press } from "../keys/key.ts";
import type { Size } from "../screen/cells.ts";
import { type Report, reportFilter } from "./reports.ts";

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
  /** Turns reports of clicks on or off; they stay as they are over a suspension. */
  mouse(isOn: boolean): void;
}

const entering = "\u001b[?1049h\u001b[?7l\u001b[?25l\u001b[?2004h\u001b[2J";
const withMouse = "\u001b[?1000h\u001b[?1006h";
const withoutMouse = "\u001b[?1000l\u001b[?1006l";
const leaving = `\u001b[m${withoutMouse}\u001b[?2004l\u001b[?25h\u001b[?7h\u001b[?1049l`;

/** Milliseconds after which a lone ESC is the key itself, not the beginning of a sequence. */
const escapeTime = 40;

/**
 * Opens the terminal of this process. `isMultiplexed` is true under tmux, which claims synchronized output that it does
 * not do.
 */
export function openTerminal(events: TerminalEvents, { isMultiplexed }: { readonly isMultiplexed: boolean }): Terminal {
  const { stdin, stdout } = process;
  const sink = openSink();
  let isEntered = false;
  let arrived = 0;
  let received = 0;
  let isAtomic = false;
  let hasMouse = false;
  const filter = reportFilter((report) => heard(report));
  const keys = listenForKeys(events, () => {
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

function listenForKeys({ onKey, onPaste }: TerminalEvents, onPress: () => void): PassThrough {
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

interface Sink {
  write(bytes: string, done: () => void): void;
  writeNow(bytes: string): void;
}

/** Milliseconds until a stalled terminal is written to again. */
const retryAfter = 8;

/**
 * A non-blocking way to write to the terminal: Node's own stream blocks the event loop, with all requests, while the
 * terminal stalls. It opens the terminal anew, so that non-blocking mode does not apply to other programs.
 */
function openSink(): Sink {
  const descriptor = openNonBlocking();
  const waiting: { bytes: Buffer; done: () => void }[] = [];

  /** Writes as much as possible; true where nothing is left. */
  function push(): boolean {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const rest = writeSome(descriptor, first.bytes);
      if (rest.length > 0) {
        first.bytes = rest;
        return false;
      }
      waiting.shift();
      first.done();
    }
    return true;
  }
  function pushLater(): void {
    setTimeout(() => push() || pushLater(), retryAfter);
  }
  return {
    write(bytes, done) {
      waiting.push({ bytes: Buffer.from(bytes), done });
      if (waiting.length === 1 && !push()) pushLater();
    },
    writeNow(bytes) {
      const rest = waiting.splice(0).map((one) => one.bytes);
      waitToWrite(descriptor, Buffer.concat([...rest, Buffer.from(bytes)]));
    },
  };
}

function openNonBlocking(): number {
  for (const path of ["/proc/self/fd/1", "/dev/tty"]) {
    try {
      const descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      process.once("exit", () => closeSync(descriptor));
      return descriptor;
    } catch {
      // not on this system: tries the next one
    }
  }
  return 1;
}

/** Writes without blocking and returns what the terminal did not take. */
function writeSome(descriptor: number, bytes: Buffer): Buffer {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    // the terminal is gone: the rest is dropped, and a SIGHUP ends the program
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return Buffer.alloc(0);
  }
  return rest;
}

/** Writes everything, but waits no more than half a second for a stalled terminal. */
function waitToWrite(descriptor: number, bytes: Buffer): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let rest = writeSome(descriptor, bytes);
  for (let tries = 0; rest.length > 0 && tries < 50; tries++) {
    Atomics.wait(pause, 0, 0, 10);
    rest = writeSome(descriptor, rest);
  }
}
