import { openSession } from "../../app/session.ts";
import { readAuthFile } from "../../http/credentials/auth-file.ts";
import { hostOf, plainKey } from "../../http/credentials/keys.ts";
import { dockerConfigFile } from "../../http/credentials/source.ts";
import { namesHost } from "../../registry/hosts.ts";
import { type ImageReference, parseRegistryPrefix } from "../../registry/reference.ts";
import { type Context, openContext } from "../context.ts";
import { readReference } from "../references.ts";
import type { Candidate, Completion } from "./candidates.ts";

type Asked = Extract<Completion, { readonly typed: string }>;

/** Milliseconds; a person is waiting with a finger on the key. */
const patience = 2_000;
/** The most candidates; a shell asks before it shows more than some hundred. */
const most = 1_000;

/**
 * Candidates from the registry that was typed, in one request; before a host is typed, the hosts with stored
 * credentials.
 */
export async function candidatesFrom({ kind, typed, flags }: Asked): Promise<readonly Candidate[]> {
  const { passwordStdin: _, verbose: __, ...others } = flags; // standard input is the shell's
  const context = await openContext({ ...others, timeout: `${patience}ms`, retries: 0 });
  const slash = typed.indexOf("/", typed.indexOf("://") < 0 ? 0 : typed.indexOf("://") + 3);
  const isNamed = slash > 0 && namesHost(typed.slice(0, slash));
  if (!isNamed || kind === "hosts") return knownHosts(context, { typed, end: kind === "hosts" ? "" : "/" });
  const [host, rest] = [typed.slice(0, slash), typed.slice(slash + 1)];
  if (kind === "tags" && rest.includes(":")) return tagsFor(typed, context);
  const found = await repositoriesAt(host, context);
  return found
    .filter((name) => name.startsWith(rest))
    .map((name) => ({ word: `${host}/${name}${kind === "tags" ? ":" : ""}` }));
}

async function knownHosts(
  { environment, settings }: Context,
  { typed, end }: { readonly typed: string; readonly end: string },
): Promise<readonly Candidate[]> {
  const file = await readAuthFile(settings.authfile ?? dockerConfigFile(environment));
  const hosts = Object.keys(file?.auths ?? {}).map((key) => hostOf(plainKey(key)));
  return [...new Set(hosts)].filter((host) => host.startsWith(typed)).map((host) => ({ word: host + end }));
}

/** The first page of the catalog only, since it may have many thousands of names. */
async function repositoriesAt(host: string, { settings, session }: Context): Promise<readonly string[]> {
  const { scheme } = settings;
  const { registry: address } = parseRegistryPrefix(host, scheme === undefined ? {} : { scheme });
  const { items } = await openSession(address, session).registry.listRepositories({ limit: most });
  return items;
}

async function tagsFor(typed: string, { settings, session }: Context): Promise<readonly Candidate[]> {
  const colon = typed.lastIndexOf(":");
  const [name, begun] = [typed.slice(0, colon), typed.slice(colon + 1)];
  const { registry: address, repository }: ImageReference = readReference(name, settings);
  const { items } = await openSession(address, session).registry.listTags(repository);
  return items
    .filter((tag) => tag.startsWith(begun))
    .slice(0, most)
    .map((tag) => ({ word: `${name}:${tag}` }));
}
