import { spawn } from "node:child_process";
import * as v from "valibot";
import { RegistryError } from "../../registry/errors.ts";
import { isMissing } from "../../support/system-error.ts";
import type { Credentials, Environment } from "./credentials.ts";

/** How a credential helper is run. */
export interface HelperOptions {
  /** The helper's environment; its PATH finds the helper. */
  readonly environment: Environment;
  /** In milliseconds; 60,000 by default, since a person may have to unlock a keychain. */
  readonly timeout?: number;
  /** The file that names the helper, for errors. */
  readonly file: string;
}

const largestOutput = 1024 * 1024;
const answerSchema = v.object({ Username: v.optional(v.string(), ""), Secret: v.optional(v.string(), "") });

/**
 * Runs `docker-credential-NAME get` for a server; undefined where it has no credentials. Throws `UNREACHABLE` where it
 * fails.
 */
export async function askHelper(
  name: string,
  server: string,
  options: HelperOptions,
): Promise<Credentials | undefined> {
  const { status, output } = await run(name, "get", { ...options, input: server });
  if (status !== 0) {
    if (/credentials not found/i.test(output)) return undefined;
    throw failed(name, options, `failed with status ${status}`);
  }
  const parsed = v.safeParse(answerSchema, jsonOf(output));
  if (!parsed.success) throw failed(name, options, "gave an answer that cannot be read");
  const { Username: username, Secret: secret } = parsed.output;
  if (secret === "") return undefined;
  return username === "<token>"
    ? { kind: "identity-token", token: secret }
    : { kind: "password", username, password: secret };
}

/** Stores credentials with `docker-credential-NAME store`. Throws `UNREACHABLE` where it fails. */
export async function storeByHelper(
  name: string,
  {
    server,
    username,
    password,
    ...options
  }: HelperOptions & Readonly<Record<"server" | "username" | "password", string>>,
): Promise<void> {
  const input = JSON.stringify({ ServerURL: server, Username: username, Secret: password });
  const { status } = await run(name, "store", { ...options, input });
  if (status !== 0) throw failed(name, options, `did not store the credentials (status ${status})`);
}

/** Runs `docker-credential-NAME erase`; true where it had something to erase. Throws `UNREACHABLE` where it fails. */
export async function eraseByHelper(name: string, server: string, options: HelperOptions): Promise<boolean> {
  const { status, output } = await run(name, "erase", { ...options, input: server });
  if (status !== 0 && !/credentials not found/i.test(output)) {
    throw failed(name, options, `did not erase the credentials (status ${status})`);
  }
  return status === 0;
}

interface Outcome {
  readonly status: number;
  readonly output: string;
}

async function run(name: string, verb: string, options: HelperOptions & { readonly input: string }): Promise<Outcome> {
  const { environment, timeout = 60_000, input } = options;
  // otherwise a file could name any program
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw failed("", options, "is refused: its name has characters that no helper has");
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, [verb], {
      env: environment,
      shell: false,
      windowsHide: true,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const give = (says: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      child.stdout.destroy(); // the helper's children may hold it open
      reject(failed(name, options, says));
    };
    const timer = setTimeout(() => give(`did not answer within ${timeout / 1000} s`), timeout);
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestOutput) give("answers without end");
      else chunks.push(chunk);
    });
    child.on("error", (error) => give(isMissing(error) ? "is not installed" : "cannot be run"));
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? -1, output: Buffer.concat(chunks).toString() });
    });
    child.stdin.on("error", () => {}); // the helper may end without reading it
    child.stdin.end(input);
  });
}

function jsonOf(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

/** The error for a helper that failed. It never quotes the helper's output, which may hold a secret. */
function failed(name: string, { file }: HelperOptions, says: string): RegistryError {
  const helper = name === "" ? "a credential helper" : `docker-credential-${name}`;
  return new RegistryError("UNREACHABLE", `${helper}, named in ${file}, ${says}`, {
    next: `run it by hand to see why, or take it out of ${file}`,
  });
}
