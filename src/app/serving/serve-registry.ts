import { readFile } from "node:fs/promises";
import { readOnlyMaintenance } from "../../decorators/quirks/maintenance.ts";
import { deletionDisabled } from "../../decorators/quirks/no-delete.ts";
import { behaving, type Profile, profiles, showing } from "../../decorators/quirks/profiles.ts";
import { type HandlerOptions, registryHandler } from "../../http/serving/handler.ts";
import { type Listening, listen } from "../../http/serving/listen.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Transport } from "../../wire/transport.ts";
import { type StorageOptions, servedStorage } from "./served-storage.ts";

/** Where and how the embedded registry is served. */
export interface ServeOptions extends StorageOptions {
  /** `HOST:PORT`, `:PORT` for all interfaces, `HOST:0` for any free port; `127.0.0.1:5000` by default. */
  readonly addr?: string;
  /** A name in `profiles`; `oci` by default. */
  readonly behaveLike?: string;
  /** Path of an htpasswd file (bcrypt). */
  readonly htpasswd?: string;
  readonly noDelete?: boolean;
  /** Certificate and key, in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Called for faults of the server itself. */
  readonly onFault?: HandlerOptions["onFault"];
}

/** A running embedded registry. */
export interface ServedRegistry extends Listening {
  /** The registry that is served, for use within this process. */
  readonly registry: Registry;
  readonly profile: Profile;
}

/** The names of all profiles, with a sentence on each. */
export const behaviours: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(profiles).map(([name, { summary }]) => [name, summary]),
);

/**
 * Serves the embedded registry until it is closed. Throws a `RangeError` for an invalid address or profile, `LOCKED`
 * for a storage in use.
 */
export async function serveRegistry(options: ServeOptions = {}): Promise<ServedRegistry> {
  const { htpasswd, tls, onFault } = options;
  const { host, port } = parseAddress(options.addr ?? "127.0.0.1:5000");
  const profile = profileNamed(options.behaveLike ?? "oci");
  const protection = htpasswd === undefined ? {} : { htpasswd: await readFile(htpasswd, "utf8") };
  const { store, release } = await servedStorage(options);
  const { registry, transport } = quirky(store, { ...options, profile, ...(onFault && { onFault }) });
  try {
    const listening = await listen(transport, { host, port, ...(tls && { tls }), ...protection });
    return { ...listening, registry, profile, close: () => listening.close().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Wraps a registry, and the transport that serves it, in the profile's quirks and the chosen limits. */
export function quirky(
  store: Registry,
  {
    profile,
    noDelete,
    readOnly,
    onFault,
  }: Pick<ServeOptions, "noDelete" | "readOnly" | "onFault"> & { readonly profile: Profile },
): { readonly registry: Registry; readonly transport: Transport } {
  const limits = [...(noDelete ? [deletionDisabled] : []), ...(readOnly ? [readOnlyMaintenance] : [])];
  const registry = behaving(store, [...profile.quirks, ...limits]);
  const handler = registryHandler(registry, { ...(onFault && { onFault }) });
  // unknown paths are answered as such even where writing is switched off, so the profile's quirks come last
  return { registry, transport: showing(handler, [...limits, ...profile.quirks]) };
}

function profileNamed(name: string): Profile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile === undefined) {
    throw new RangeError(`no registry behaves like "${name}"; known are ${Object.keys(profiles).join(", ")}`);
  }
  return profile;
}

/** Reads `HOST:PORT`, `[::1]:PORT` or `:PORT`. */
function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]*)):(\d{1,5})$/.exec(text) ?? [];
  if (port === "" || Number(port) > 65_535) throw new RangeError(`"${text}" is no address to listen on; HOST:PORT is`);
  return { host: bracketed ?? (plain === "" || plain === undefined ? "0.0.0.0" : plain), port: Number(port) };
}
