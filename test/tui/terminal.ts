import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IPty, spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { onTestFailed, onTestFinished } from "vitest";
import { bundledMain, shareCompiledCode } from "../support/bundle.ts";

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Another program than tagwise, with its words. */
  readonly program?: readonly string[];
}

/** A program in a terminal of its own, and what a person sees of it. */
export interface OpenTerminal {
  /** The rows as they are now. */
  rows(): readonly string[];
  text(): string;
  /** Presses keys, and waits until the program has heard them and is idle. */
  press(...keys: readonly string[]): Promise<void>;
  /** Sends bytes and waits for nothing. */
  send(keys: string): void;
  /** Resolves when the screen shows this; rejects where the program ends before. */
  shows(wanted: string | RegExp): Promise<void>;
  resize(width: number, height: number): void;
  signal(name: NodeJS.Signals): void;
  /** Reads no more of what the program writes, as a terminal does where ctrl-s was pressed. */
  stall(): void;
  goOn(): void;
  readonly pid: number;
  /** Resolves to the exit code. */
  readonly ended: Promise<number>;
  /** Everything that came, with its escape sequences. */
  bytes(): string;
  readonly emulator: xterm.Terminal;
}

/** Where a person's files are while a test runs. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "tagwise-tui-"));
  shareCompiledCode(join(home, "cache"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  return home;
}

/** What runs tagwise in a shell. */
export const tagwiseCommand: readonly string[] = [process.execPath, bundledMain];

/** Opens tagwise in a pseudo terminal, whose bytes a terminal emulator reads. */
export function openTerminal(words: readonly string[], home: string, options: OpenOptions = {}): OpenTerminal {
  const { width = 120, height = 40, environment = {}, program = tagwiseCommand } = options;
  const [file = "", ...args] = [...program, ...words];
  const pty = spawn(file, args, {
    name: environment.TERM ?? "xterm-256color",
    cols: width,
    rows: height,
    cwd: home,
    env: environmentFor(home, environment),
  });
  const emulator = new xterm.Terminal({ cols: width, rows: height, allowProposedApi: true });
  const watchers = new Set<() => void>();
  const told = () => {
    for (const watcher of watchers) watcher();
  };
  let idleAt = -1;
  let idleSize = "";
  let sent = 0;
  let bytes = "";
  let exitCode: number | undefined;
  emulator.parser.registerOscHandler(7777, (text) => {
    const [state, received, size] = text.split(";");
    if (state === "idle") [idleAt, idleSize] = [Number(received), size ?? ""];
    return true;
  });
  pty.onData((chunk) => {
    bytes += chunk;
    emulator.write(chunk, told);
  });
  const ended = new Promise<number>((resolve) =>
    pty.onExit(({ exitCode: code }) => {
      emulator.write("", () => {
        exitCode = code;
        resolve(code);
        told();
      });
    }),
  );
  const rows = () =>
    Array.from(
      { length: emulator.rows },
      (_, y) =>
        emulator.buffer.active
          .getLine(emulator.buffer.active.viewportY + y)
          ?.translateToString(true, 0, emulator.cols) ?? "",
    );
  const text = () => rows().join("\n");
  const until = (isTrue: () => boolean, what: () => string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (isTrue()) resolve();
        else if (exitCode !== undefined) reject(new Error(`it ended with ${exitCode} before ${what()}:\n${text()}`));
        else return;
        watchers.delete(look);
      };
      watchers.add(look);
      look();
    });
  onTestFinished(() => end(pty, () => exitCode));
  onTestFailed(() => void process.stderr.write(`\n--- the screen (heard ${idleAt} of ${sent} bytes)\n${text()}\n`));
  const send = (keys: string) => {
    sent += Buffer.byteLength(keys);
    pty.write(keys);
  };
  return {
    rows,
    text,
    send,
    async press(...keys) {
      for (const key of keys) {
        send(key);
        await until(
          () => idleAt >= sent && idleSize === `${emulator.cols}x${emulator.rows}`,
          () => "it was idle",
        );
      }
    },
    shows: (wanted) =>
      until(
        () => (typeof wanted === "string" ? text().includes(wanted) : wanted.test(text())),
        () => `it showed ${wanted}`,
      ),
    resize(columns, lines) {
      pty.resize(columns, lines);
      emulator.resize(columns, lines);
    },
    signal: (name) => pty.kill(name),
    stall: () => pty.pause(),
    goOn: () => pty.resume(),
    pid: pty.pid,
    ended,
    bytes: () => bytes,
    emulator,
  };
}

function end(pty: IPty, exitCode: () => number | undefined): void {
  if (exitCode() === undefined) pty.kill("SIGKILL");
}

/** Nothing of the person who runs the tests comes in. */
function environmentFor(home: string, more: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: home,
    XDG_STATE_HOME: join(home, "state"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_RUNTIME_DIR: home,
    DOCKER_CONFIG: join(home, "docker"),
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    TAGWISE_UI_MARKS_IDLE: "1",
    ...more,
  };
}

export const keys: Readonly<Record<"enter" | "escape" | "down" | "up" | "tab" | "backspace", string>> = {
  enter: "\r",
  escape: "\u001b",
  down: "\u001b[B",
  up: "\u001b[A",
  tab: "\t",
  backspace: "\u007f",
};

/** What a letter sends with ctrl held. */
export function ctrl(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) - 96);
}
