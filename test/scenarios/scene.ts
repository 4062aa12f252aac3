import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { fillWithSamples } from "../../src/app/serving/sample-images.ts";
import { quirky } from "../../src/app/serving/serve-registry.ts";
import { profiles } from "../../src/decorators/quirks/profiles.ts";
import { type Listening, listen } from "../../src/http/serving/listen.ts";
import { memoryRegistry } from "../../src/memory/memory.ts";
import type { Registry } from "../../src/registry/registry.ts";
import type { Transport } from "../../src/wire/transport.ts";
import { bundledMain, shareCompiledCode } from "../support/bundle.ts";

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Sends a signal once this has been printed, or has happened. */
  readonly interrupt?: { readonly at: RegExp | Promise<unknown>; readonly by: NodeJS.Signals };
  /** Reads of these no more than what comes first, as `| head` does. */
  readonly closes?: readonly ("stdout" | "stderr")[];
}

/** A registry with sample images on a free port, and a person with empty folders who runs the command line. */
export interface Scene {
  /** `127.0.0.1:PORT`. */
  readonly host: () => string;
  readonly registry: () => Registry;
  /** Requests that the registry has got, as `GET /v2/…`; emptied by reading. */
  readonly requests: () => readonly string[];
  readonly tagwise: (args: readonly string[], options?: RunOptions) => Promise<Run>;
  /** Writes a file below the person's home. */
  readonly write: (path: string, text: string) => void;
  /** The person's home. */
  readonly home: string;
}

interface SceneOptions {
  readonly behaveLike?: string;
  /** The text of an htpasswd file; anybody may do everything without. */
  readonly htpasswd?: string;
}

/** Sets a scene for the suite in whose body it is called. */
export function setScene({ behaveLike = "oci", htpasswd }: SceneOptions = {}): Scene {
  const home = mkdtempSync(join(tmpdir(), "tagwise-scene-"));
  shareCompiledCode(join(home, "cache"));
  const profile = profiles[behaveLike] ?? { summary: "", quirks: [] };
  const { registry, transport } = quirky(memoryRegistry(), { profile });
  const seen: string[] = [];
  const children = new Set<ChildProcess>();
  let server: Listening;

  beforeAll(async () => {
    await fillWithSamples(registry);
    const seeing: Transport = (request) => {
      seen.push(`${request.method} ${request.path}`);
      return transport(request);
    };
    server = await listen(seeing, htpasswd === undefined ? {} : { htpasswd });
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL"); // of a test that failed in the middle
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });

  return {
    home,
    host: () => `127.0.0.1:${server.port}`,
    registry: () => registry,
    requests: () => seen.splice(0),
    tagwise: (args, options = {}) => run(bundledMain, args, { home, children, ...options }),
    write(path, text) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    },
  };
}

interface Around {
  readonly home: string;
  /** The processes that run. */
  readonly children: Set<ChildProcess>;
}

/** Nothing of the developer's own settings reaches the program. */
function run(
  main: string,
  args: readonly string[],
  { home, children, environment, input, interrupt, closes = [] }: RunOptions & Around,
): Promise<Run> {
  const folders = Object.fromEntries(
    ["CONFIG", "STATE", "CACHE"].map((name) => [`XDG_${name}_HOME`, join(home, name.toLowerCase())]),
  );
  const env = { PATH: process.env.PATH, HOME: home, ...folders, XDG_RUNTIME_DIR: join(home, "run"), ...environment };
  const child = spawn(process.execPath, [main, ...args], { env, cwd: home });
  children.add(child);
  child.stdin.on("error", () => {}); // it may end before it has read all
  child.stdin.end(input ?? "");
  const at = interrupt?.at;
  if (at instanceof Promise) void at.then(() => child.kill(interrupt?.by));
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
      if (at instanceof RegExp && at.test(said[stream])) child.kill(interrupt?.by);
      if (closes.includes(stream)) child[stream].destroy();
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      children.delete(child);
      resolve({ code, ...said });
    });
  });
}
