import { homedir } from "node:os";
import { join } from "node:path";
import { RegistryError } from "../../registry/errors.ts";
import { type AuthFile, entryFor, parseAuthFile, readAuthFile } from "./auth-file.ts";
import type { Credentials, CredentialsSource, Environment } from "./credentials.ts";
import { askHelper } from "./helper.ts";
import { dockerKey, hostOf, plainKey } from "./keys.ts";

/** Where credentials are looked for. */
export interface CredentialsOptions {
  /**
   * Read for DOCKER_CONFIG, DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, XDG_CONFIG_HOME, HOME, and a
   * helper's PATH.
   */
  readonly environment: Environment;
  /** Credentials from flags or tagwise's own variables; with them, nothing else is looked up. */
  readonly explicit?: Credentials;
  /** The only file to read, from `--authfile`. */
  readonly authFile?: string;
  /** The time limit of a credential helper, in milliseconds; 60,000 by default. */
  readonly helperTimeout?: number;
}

/**
 * Finds credentials where docker and the containers tools keep them; the first place that has some wins, and each is
 * read once.
 */
export function credentialsFrom({
  environment,
  explicit,
  authFile,
  helperTimeout,
}: CredentialsOptions): CredentialsSource {
  if (explicit !== undefined) return async () => explicit;
  const found = new Map<string, Promise<Credentials | undefined>>();
  const once = <Value>(known: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>) => {
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
  const files = new Map<string, Promise<AuthFile | undefined>>();
  const answers = new Map<string, Promise<Credentials | undefined>>();
  const timeout = helperTimeout === undefined ? {} : { timeout: helperTimeout };

  const lookUp = async (target: string) => {
    for (const place of placesFor(environment, authFile)) {
      const file = await once(files, place.file, place.read);
      const helper = file && helperFor(file, target);
      const server = dockerKey(hostOf(target));
      const ask = () => askHelper(helper ?? "", server, { environment, file: place.file, ...timeout });
      const kept = helper && (await once(answers, `${helper} ${server}`, ask));
      const credentials = kept || (file && entryFor(file, target));
      if (credentials) return sendable(credentials, { host: hostOf(target), file: place.file });
    }
    return undefined;
  };
  return (target) => once(found, target, () => lookUp(target));
}

/** A registry token goes into a header as it is, and all else is encoded. Throws `UNREACHABLE`, never quoting it. */
function sendable(credentials: Credentials, { host, file }: { host: string; file: string }): Credentials {
  if (credentials.kind !== "registry-token" || /^[\x21-\x7e]+$/.test(credentials.token)) return credentials;
  const message = `${file} has a registrytoken for ${host} that no request can carry`;
  const next = "write it there as one word, without a space or a line break, or log in with a user and a password";
  throw new RegistryError("UNREACHABLE", message, { next });
}

/** The name of the helper in charge of a registry, from `credHelpers` or else `credsStore`; undefined for none. */
export function helperFor({ credHelpers, credsStore }: AuthFile, target: string): string | undefined {
  const wanted = plainKey(dockerKey(hostOf(target)));
  const own = Object.entries(credHelpers ?? {}).find(([key]) => plainKey(dockerKey(plainKey(key))) === wanted);
  return own?.[1] || credsStore || undefined;
}

interface Place {
  readonly file: string;
  readonly read: () => Promise<AuthFile | undefined>;
}

/** The places to look into: docker's, then those of containers-auth.json(5), in order. */
function placesFor(environment: Environment, authFile: string | undefined): readonly Place[] {
  const only = authFile ?? environment.REGISTRY_AUTH_FILE;
  if (only) return [inFile(only)];
  const { DOCKER_AUTH_CONFIG: inline, XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: config } = environment;
  const home = homeOf(environment);
  const fromVariable = {
    file: "DOCKER_AUTH_CONFIG",
    read: async () => parseAuthFile(inline ?? "", { file: "DOCKER_AUTH_CONFIG" }),
  };
  return [
    ...(inline ? [fromVariable] : []),
    inFile(dockerConfigFile(environment)),
    ...(process.platform === "linux"
      ? [inFile(join(runtime || `/run/containers/${process.getuid?.()}`, runtimeFile(runtime)))]
      : []),
    inFile(join(config || join(home, ".config"), "containers", "auth.json")),
    { file: join(home, ".dockercfg"), read: () => readAuthFile(join(home, ".dockercfg"), { legacy: true }) },
  ];
}

function runtimeFile(runtime: string | undefined): string {
  return runtime ? join("containers", "auth.json") : "auth.json";
}

function inFile(file: string): Place {
  return { file, read: () => readAuthFile(file) };
}

/** The path of docker's `config.json`. */
export function dockerConfigFile(environment: Environment): string {
  return join(environment.DOCKER_CONFIG || join(homeOf(environment), ".docker"), "config.json");
}

function homeOf({ HOME, USERPROFILE }: Environment): string {
  return HOME || USERPROFILE || homedir();
}
