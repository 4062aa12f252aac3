import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { RegistryError } from "../../registry/errors.ts";
import { discard } from "../../wire/body.ts";
import { parseFailure } from "../../wire/failure.ts";
import { expectRegistry } from "../../wire/greeting.ts";
import { type ConnectionOptions, connection } from "../connection/connection.ts";
import { type AuthFile, readAuthFile } from "./auth-file.ts";
import type { Environment } from "./credentials.ts";
import { eraseByHelper, type HelperOptions, storeByHelper } from "./helper.ts";
import { dockerKey, keysFor, namesOf, plainKey } from "./keys.ts";
import { dockerConfigFile, helperFor } from "./source.ts";

/** Where credentials are kept. */
export interface LogoutOptions {
  readonly environment: Environment;
  /** The file to use instead of REGISTRY_AUTH_FILE or docker's `config.json`. */
  readonly authFile?: string;
}

/** The credentials to check and keep. */
export interface LoginOptions extends LogoutOptions {
  readonly username: string;
  readonly password: string;
  /** How to reach the registry that checks the credentials. */
  readonly connection?: Omit<ConnectionOptions, "credentials">;
}

/** Where credentials were kept: unencrypted in a file, or by a helper that the file names. */
export type Keeper =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "helper"; readonly helper: string; readonly file: string };

/**
 * Checks user and password with the registry, then keeps them where docker would. Throws `UNAUTHORIZED`, keeping
 * nothing, where they are wrong.
 */
export async function login(origin: URL, options: LoginOptions): Promise<Keeper> {
  const { username, password, environment } = options;
  const file = authFileOf(options);
  const kept = (await readAuthFile(file)) ?? {}; // throws for a broken file before anything is sent
  await check(origin, options);
  const server = dockerKey(origin.host);
  const helper = helperFor(kept, origin.host);
  if (helper !== undefined) await storeByHelper(helper, { server, username, password, environment, file });
  // with a helper, docker leaves an empty entry by which `docker logout` finds it
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  await rewrite(file, (auths) => ({ ...without(auths, origin), [server]: helper === undefined ? { auth } : {} }));
  return helper === undefined ? { kind: "file", file } : { kind: "helper", helper, file };
}

/** Removes a registry's credentials and returns where they were; undefined where there were none. */
export async function logout(origin: URL, options: LogoutOptions): Promise<Keeper | undefined> {
  const { environment } = options;
  const file = authFileOf(options);
  const kept = await readAuthFile(file);
  if (kept === undefined) return undefined;
  const helper = await erase(kept, origin, { environment, file });
  const isInFile = holds(kept.auths ?? {}, origin);
  if (isInFile) await rewrite(file, (auths) => without(auths, origin));
  if (helper !== undefined) return { kind: "helper", helper, file };
  return isInFile ? { kind: "file", file } : undefined;
}

/** Erases with each helper in charge; returns the one that had something to erase. */
async function erase(kept: AuthFile, origin: URL, options: HelperOptions): Promise<string | undefined> {
  let had: string | undefined;
  for (const name of namesOf(origin)) {
    const helper = helperFor(kept, name);
    if (helper !== undefined && (await eraseByHelper(helper, dockerKey(name), options))) had = helper;
  }
  return had;
}

/** The file in which later commands look first. */
function authFileOf({ environment, authFile }: LogoutOptions): string {
  return authFile ?? (environment.REGISTRY_AUTH_FILE || dockerConfigFile(environment));
}

async function check(origin: URL, { username, password, connection: reach = {} }: LoginOptions): Promise<void> {
  const credentials = async () => ({ kind: "password", username, password }) as const;
  const answer = await connection(origin, { ...reach, credentials })({ method: "GET", path: "/v2/", headers: {} });
  if (answer.status === 200 || answer.status === 404) {
    await discard(answer);
    return expectRegistry(answer, origin.host);
  }
  const { asUser: _, ...plain } = answer; // that is said here
  const error = await parseFailure(plain, { absent: "UNSUPPORTED" });
  if (answer.status === 401) {
    const next = "check the user and the password; some registries want an access token for it";
    const why = error.said === undefined ? "" : `: ${error.message}`;
    const message = `${origin.host} refused the user and the password${why}`;
    throw new RegistryError("UNAUTHORIZED", message, { cause: error, next });
  }
  throw error;
}

type Auths = NonNullable<AuthFile["auths"]>;

/** The entries without those of a server, which may have several names, Docker Hub above all. */
function without(auths: Auths, origin: URL): Auths {
  const names = namesOf(origin).flatMap(keysFor);
  return Object.fromEntries(Object.entries(auths).filter(([key]) => !names.includes(plainKey(key))));
}

function holds(auths: Auths, origin: URL): boolean {
  return Object.keys(without(auths, origin)).length < Object.keys(auths).length;
}

/** Reads the file again right before writing it, since another login may have written it meanwhile. */
async function rewrite(file: string, change: (auths: Auths) => Auths): Promise<void> {
  const kept = (await readAuthFile(file)) ?? {};
  await write(file, { ...kept, auths: change(kept.auths ?? {}) });
}

async function write(file: string, content: AuthFile): Promise<void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, `${JSON.stringify(content, undefined, "\t")}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new RegistryError("UNREACHABLE", `${file} cannot be written`, {
      cause,
      next: "name another with --authfile FILE",
    });
  }
}
