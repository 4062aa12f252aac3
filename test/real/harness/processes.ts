import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Environment, environmentFor } from "./environment.ts";
import { program } from "./programs.ts";
import type { Stage } from "./stage.ts";

/** A server that a test started. */
export interface ServerProcess {
  readonly pid: number;
  log(): string;
  /** Ends it and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface StartOptions {
  readonly args: readonly string[];
  readonly environment?: Environment;
  /** Resolves true once the server answers. */
  readonly isReady: () => Promise<boolean>;
}

/** Starts a server, waits until it answers, and has the stage end it. Throws with its log where it does not come up. */
export async function startServer(stage: Stage, name: string, options: StartOptions): Promise<ServerProcess> {
  const logFile = join(stage.newDirectory(basename(name)), "log");
  const log = openSync(logFile, "a");
  const child = spawn(program(name), options.args, {
    env: environmentFor(stage, options.environment),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const server: ServerProcess = {
    pid: child.pid ?? 0,
    log: () => readFileSync(logFile, "utf8"),
    stop: (signal = "SIGTERM") => stop(child, signal),
  };
  stage.defer(() => server.stop());
  stage.keepLog(`${basename(name)} ${server.pid}`, () => server.log());
  await waitUntil(options.isReady, {
    what: `${basename(name)} to answer`,
    giveUp: () => (hasEnded(child) ? server.log() : undefined),
  }).catch((cause) => {
    throw new Error(`${name} did not come up:\n${server.log()}`, { cause });
  });
  return server;
}

interface WaitOptions {
  readonly what: string;
  readonly seconds?: number;
  /** Why waiting is in vain, or undefined. */
  readonly giveUp?: () => string | undefined;
}

/** Asks again and again until the answer is yes. */
export async function waitUntil(isTrue: () => Promise<boolean> | boolean, options: WaitOptions): Promise<void> {
  const { what, seconds = 60, giveUp = () => undefined } = options;
  const end = performance.now() + seconds * 1000;
  while (!(await isTrue())) {
    const reason = giveUp() ?? (performance.now() > end ? `not within ${seconds} s` : undefined);
    if (reason !== undefined) throw new Error(`waited in vain for ${what}: ${reason}`);
    await pause(10);
  }
}

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** True where something accepts connections. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const force = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await ended;
  clearTimeout(force);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}
