import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { RegistryError } from "../../registry/errors.ts";
import { codeOf, isNoSuchPath } from "../../support/system-error.ts";
import type { Credentials } from "./credentials.ts";
import { keysFor, plainKey } from "./keys.ts";

type Text = string | null | undefined;
type AuthEntry = { readonly [Field in "auth" | "username" | "password" | "identitytoken" | "registrytoken"]?: Text };

/** The credentials in docker's `config.json` or containers' `auth.json`; other fields are kept as they are. */
export interface AuthFile {
  readonly auths?: Readonly<Record<string, AuthEntry | null | undefined>> | null | undefined;
  readonly credHelpers?: Readonly<Record<string, string>> | null | undefined;
  readonly credsStore?: Text;
}

const text = v.nullish(v.string());
const entrySchema = v.nullish(
  v.looseObject({ auth: text, username: text, password: text, identitytoken: text, registrytoken: text }),
);
const fileSchema: v.GenericSchema<unknown, AuthFile> = v.pipe(
  v.custom<object>((value) => !Array.isArray(value)), // an array is an object as well
  v.looseObject({
    auths: v.nullish(v.record(v.string(), entrySchema)),
    credHelpers: v.nullish(v.record(v.string(), v.string())),
    credsStore: text,
  }),
);

/** The format of a file of credentials. */
export interface ReadOptions {
  /** True for the old `.dockercfg`, which consists of the `auths` alone. */
  readonly legacy?: boolean;
}

/**
 * Reads a file of credentials; undefined where it does not exist. Throws `UNREACHABLE`, never quoting the content,
 * where it is broken.
 */
export async function readAuthFile(file: string, options: ReadOptions = {}): Promise<AuthFile | undefined> {
  try {
    return parseAuthFile(await readFile(file, "utf8"), { ...options, file });
  } catch (cause) {
    if (cause instanceof RegistryError) throw cause;
    if (isNoSuchPath(cause)) return undefined;
    const next = "make the file readable, or name another with --authfile FILE";
    throw new RegistryError("UNREACHABLE", `the credentials in ${file} cannot be read (${codeOf(cause) ?? ""})`, {
      next,
    });
  }
}

/** Parses the text of a file of credentials; `file` names it in errors. Throws `UNREACHABLE`. */
export function parseAuthFile(
  content: string,
  { file, legacy = false }: ReadOptions & { readonly file: string },
): AuthFile {
  try {
    const plain = content.replace(/^\ufeff/, "").trim();
    const json: unknown = plain === "" ? {} : JSON.parse(plain); // `touch auth.json` is common
    return v.parse(fileSchema, legacy ? { auths: json } : json);
  } catch {
    // no cause is kept: it would quote the file
    const next = `correct or remove ${file}, then log in again with: tagwise login HOST`;
    throw new RegistryError("UNREACHABLE", `${file} is not a file of credentials as docker writes it`, { next });
  }
}

/** The credentials of the entry with the longest matching key for `host/repository`; undefined where none matches. */
export function entryFor({ auths }: AuthFile, target: string): Credentials | undefined {
  const entries = Object.entries(auths ?? {});
  for (const key of keysFor(target)) {
    for (const [name, entry] of entries) {
      const found = plainKey(name) === key ? credentialsIn(entry ?? {}) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function credentialsIn(entry: AuthEntry): Credentials | undefined {
  if (entry.registrytoken) return { kind: "registry-token", token: entry.registrytoken };
  const decoded = Buffer.from(entry.auth ?? "", "base64").toString();
  const colon = decoded.indexOf(":");
  const username = colon > 0 ? decoded.slice(0, colon) : entry.username;
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, "") : entry.password;
  if (entry.identitytoken) {
    return { kind: "identity-token", token: entry.identitytoken, ...(username && { username }) };
  }
  return username && password ? { kind: "password", username, password } : undefined;
}
