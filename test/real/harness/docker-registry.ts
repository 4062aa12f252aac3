import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePort, isListening, type ServerProcess, startServer } from "./processes.ts";
import type { Credentials, RegistryServer } from "./registry-server.ts";
import { succeed } from "./run.ts";
import type { Stage } from "./stage.ts";
import type { TokenServer } from "./token-server.ts";

export interface DockerRegistryOptions {
  /** Whether manifests may be deleted; true by default. */
  readonly deletion?: boolean;
  readonly readOnly?: boolean;
  /** Who may enter, behind htpasswd. */
  readonly htpasswd?: Credentials;
  readonly token?: TokenServer;
  readonly tls?: TlsFiles;
  /** The storage section's driver, where it is not a directory. */
  readonly driver?: object;
  /** An existing storage tree; a fresh one by default. */
  readonly storage?: string;
}

/** PEM files of a server certificate, its key, and the private CA that signed it. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

/** Debian's docker-registry, distribution 2.8.2. */
export function startDockerRegistry(stage: Stage, options: DockerRegistryOptions = {}): Promise<RegistryServer> {
  return startDistribution(stage, "docker-registry", options);
}

/** distribution 3.x, as `go install` builds it. */
export function startDistribution3(stage: Stage, options: DockerRegistryOptions = {}): Promise<RegistryServer> {
  return startDistribution(stage, "registry", options);
}

async function startDistribution(stage: Stage, name: string, options: DockerRegistryOptions): Promise<RegistryServer> {
  const port = await freePort();
  const storage = options.storage ?? stage.newDirectory("storage");
  const home = stage.newDirectory(`${name}-config`);
  const file = join(home, "config.yml");
  mkdirSync(storage, { recursive: true });
  const passwords = options.htpasswd && (await htpasswdFile(stage, join(home, "htpasswd"), options.htpasswd));
  writeFileSync(file, stringify(configuration({ ...options, port, storage, passwords })));
  const start = () => startServer(stage, name, { args: ["serve", file], isReady: () => isListening(port) });
  let running: ServerProcess = await start();
  const credentials = options.htpasswd ?? options.token?.credentials;
  const host = `127.0.0.1:${port}`;
  return {
    host,
    port,
    origin: `${options.tls === undefined ? "http" : "https"}://${host}`,
    storage,
    configFile: file,
    ...(credentials !== undefined && { credentials }),
    ...(options.tls !== undefined && { caFile: options.tls.caFile, ca: readFileSync(options.tls.caFile, "utf8") }),
    pid: () => running.pid,
    log: () => running.log(),
    stop: (signal) => running.stop(signal),
    async start() {
      running = await start();
    },
  };
}

/** A file in the format of htpasswd with one bcrypt entry. */
export async function htpasswdFile(stage: Stage, path: string, { username, password }: Credentials): Promise<string> {
  const entry = await succeed(stage, "htpasswd", ["-niB", username], { input: password });
  writeFileSync(path, `${entry.trim()}\n`);
  return path;
}

interface Settings extends DockerRegistryOptions {
  readonly port: number;
  readonly storage: string;
  readonly passwords: string | undefined;
}

function configuration(settings: Settings): object {
  const { deletion = true, readOnly = false, token, tls, port, storage, driver, passwords } = settings;
  return {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      ...(driver ?? { filesystem: { rootdirectory: storage } }),
      cache: { blobdescriptor: "inmemory" },
      delete: { enabled: deletion },
      maintenance: { readonly: { enabled: readOnly } },
    },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: "one secret for all restarts",
      ...(tls && { tls: { certificate: tls.certificateFile, key: tls.keyFile } }),
    },
    ...(passwords !== undefined && { auth: { htpasswd: { realm: "registry under test", path: passwords } } }),
    ...(token && { auth: { token: token.settings } }),
  };
}
