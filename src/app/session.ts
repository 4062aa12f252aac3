import { cached } from "../decorators/cached.ts";
import { type RetryingOptions, retrying } from "../decorators/retrying.ts";
import { httpRegistry } from "../http/client/client.ts";
import { type ConnectionOptions, connection } from "../http/connection/connection.ts";
import type { Exchange } from "../http/connection/observed.ts";
import { RegistryError } from "../registry/errors.ts";
import { isDigest } from "../registry/names.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import type { Registry } from "../registry/registry.ts";
import { diskCache } from "../support/disk-cache.ts";
import { type Fingerprint, fingerprint } from "../untag/fingerprint.ts";
import type { TakeOut } from "../untag/strategies/storage.ts";
import { discard } from "../wire/body.ts";
import { parseChallenges } from "../wire/challenge.ts";
import type { Response } from "../wire/transport.ts";

/** How a face wants a registry to be spoken to. */
export interface SessionOptions extends ConnectionOptions {
  /** Times a request is repeated after a failure that may pass; 3 by default. */
  readonly retries?: number;
  /** The folder that keeps manifests and configs for the next time; nothing is kept by default. */
  readonly cache?: string;
}

/** A registry at the other end of a connection. */
export interface Session {
  readonly address: RegistryAddress;
  readonly registry: Registry;
  /** The same, with manifests and configs by digest from the cache: to show what images hold, never to prove that they stand. */
  readonly shown: Registry;
  /** Requests sent so far, those for tokens included. */
  readonly requests: () => number;
  /** What the registry is, by its greeting; asked once. */
  readonly fingerprint: () => Promise<Fingerprint>;
  /** Where the registry's storage is at hand: takes one tag out of it. */
  readonly takeOut?: TakeOut;
  /** The registry that is said to serve that storage. */
  readonly served?: Pick<Registry, "resolve">;
}

/** Opens a registry; nothing is sent before something is asked of it. Manifests and configs are kept where `cache` says, to be shown alone. */
export function openSession(address: RegistryAddress, options: SessionOptions): Session {
  let requests = 0;
  let realm: string | undefined;
  const observe = (exchange: Exchange): void => {
    requests++;
    realm ??= realmOf(exchange);
    options.observe?.(exchange);
  };
  const transport = connection(address.origin, { ...options, observe });
  const greet = async (): Promise<Fingerprint> => {
    const answer = await transport({ method: "GET", path: "/v2/", headers: {} });
    await discard(answer);
    const { status, headers } = answer;
    if (status === 404 || isWebPage(answer)) throw noRegistry(address);
    return fingerprint({ hostname: address.origin.hostname, headers, ...(realm !== undefined && { realm }) });
  };
  let greeting: Promise<Fingerprint> | undefined;
  const { retries, cache } = options;
  const registry = lookingFirst(httpRegistry(transport, address.host), retries === undefined ? {} : { retries });
  return {
    address,
    registry,
    shown: cache === undefined ? registry : cached(registry, diskCache(cache)),
    requests: () => requests,
    fingerprint: () => (greeting ??= greet()),
  };
}

/**
 * Repeats what may be repeated blindly. What changes a tag may not: whoever tries that again looks first whether
 * somebody has pushed meanwhile; and a DELETE without an answer goes on at the server, where a HEAD proves nothing.
 */
function lookingFirst(registry: Registry, options: RetryingOptions): Registry {
  const repeated = retrying(registry, options);
  const { deleteManifest, deleteTag } = registry;
  const putManifest: Registry["putManifest"] = (repository, reference, manifest) =>
    (isDigest(reference) ? repeated : registry).putManifest(repository, reference, manifest);
  return { ...repeated, putManifest, deleteManifest, deleteTag };
}

/** Some web servers answer every path with the same page; one that tells of a failure may stand before a registry. */
function isWebPage({ status, headers }: Response): boolean {
  const isHtml = /^text\/html\b/i.test(headers["content-type"] ?? "");
  return status < 300 && isHtml && headers["docker-distribution-api-version"] === undefined;
}

/** A web server says 404 to everything, and every tag would seem to be absent. */
function noRegistry({ host }: RegistryAddress): RegistryError {
  const next = "check the host and the port; a registry answers GET /v2/ with 200 or 401";
  return new RegistryError("UNSUPPORTED", `there is no registry at ${host}`, {
    said: "NO_REGISTRY",
    status: 404,
    next,
  });
}

/** The realm that the registry itself named, which tells its kind. */
function realmOf({ answer }: Exchange): string | undefined {
  const challenge = "challenge" in answer ? answer.challenge : undefined;
  return challenge === undefined
    ? undefined
    : parseChallenges(challenge).find(({ parameters }) => parameters.realm)?.parameters.realm;
}
