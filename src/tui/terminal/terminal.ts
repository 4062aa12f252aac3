import { closeSync, constants, openSync, writeSync } from "node:fs";
import process from "node:process";
import { emitKeypressEvents } from "node:readline";
import { PassThrough } from "node:stream";
import { type Key, keysOf, type Press } from "../keys/key.ts";
import type { Size } from "../screen/cells.ts";
import { type Report, reportFilter } from "./reports.ts";

export interface TerminalEvents {
  readonly onKey: (key: Key) => void;
  readonly onPaste: (text: string) => void;
  readonly onClick: (x: number, y: number) => void;
  readonly onResize: (size: Size) => void;
  /** The screen must be drawn whole: the terminal was left meanwhile. */
  readonly onReturn: () => void;
}

/** The terminal while it is ours. */
export interface Terminal {
  readonly size: () => Size;
  /** Bytes of input that were heard so far, without an ESC that may begin something longer. */
  readonly received: () => number;
  enter(): void;
  /** Gives the terminal back as it was; synchronous, and harmless to say twice. */
  leave(): void;
  /** Writes a frame; `done` is called when the terminal has taken it all. One at a time. */
  write(bytes: string, done: () => void): void;
  /** Leaves, stops this process as the shell expects it, and comes back with `fg`. */
  suspend(): void;
  mouse(isOn: boolean): void;
}

const entering = "\u001b[?1049h\u001b[?7l\u001b[?25l\u001b[?2004h\u001b[2J";
const leaving = "\u001b[m\u001b[?1000l\u001b[?1006l\u001b[?2004l\u001b[?25h\u001b[?7h\u001b[?1049l";

/** Milliseconds after which a lone ESC is the key, and not the beginning of another. */
const escapeTime = 40;

/** Opens the terminal of this process. `isMultiplexed` is said under tmux, which answers for what it does not do. */
export function openTerminal(events: TerminalEvents, { isMultiplexed }: { readonly isMultiplexed: boolean }): Terminal {
  const { stdin, stdout } = process;
  const sink = openSink();
  let isEntered = false;
  let arrived = 0;
  let received = 0;
  let isAtomic = false;
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
  // a window that is being dragged sends many: only the last of a turn counts
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
      sink.writeNow(entering + (isMultiplexed ? "" : "\u001b[?2026$p"));
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
      if (!isEntered) return; // an answer that came late is not drawn on what is no longer ours
      sink.write(isAtomic ? `\u001b[?2026h${bytes}\u001b[?2026l` : bytes, done);
    },
    suspend() {
      terminal.leave();
      process.kill(0, "SIGTSTP"); // the whole job, as the terminal itself would
      comeBack();
    },
    mouse: (isOn) => sink.writeNow(isOn ? "\u001b[?1000h\u001b[?1006h" : "\u001b[?1000l\u001b[?1006l"),
  };
  const comeBack = () => {
    terminal.enter();
    events.onResize(size());
    events.onReturn();
  };
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) process.prependListener(signal, terminal.leave);
  process.on("exit", terminal.leave);
  // whoever stopped this process from outside may have changed the terminal meanwhile
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

/** Milliseconds until a terminal that takes no more is asked again; only while it stalls. */
const retryAfter = 8;

/**
 * A way to the terminal that never blocks: Node's own stops the event loop, with all its requests, for as long as the
 * terminal stalls. It has its own open file, so that nobody else's writes change with it.
 */
function openSink(): Sink {
  const descriptor = openNonBlocking();
  const waiting: { bytes: Buffer; done: () => void }[] = [];

  /** True where all is out. */
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
      // not on this system: the next
    }
  }
  return 1;
}

/** Gives what the terminal did not take. */
function writeSome(descriptor: number, bytes: Buffer): Buffer {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    // a terminal that is gone takes nothing ever: whoever hung up has sent a signal
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return Buffer.alloc(0);
  }
  return rest;
}

/** Waits a little for a stalled terminal, then gives up: nobody may be held up by it for ever. */
function waitToWrite(descriptor: number, bytes: Buffer): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let rest = writeSome(descriptor, bytes);
  for (let tries = 0; rest.length > 0 && tries < 50; tries++) {
    Atomics.wait(pause, 0, 0, 10);
    rest = writeSome(descriptor, rest);
  }
}
