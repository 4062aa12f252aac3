import { cached } from "../decorators/cached.ts";
import { isRepeatableRead, repeater, retrying } from "../decorators/retrying.ts";
import { httpRegistry } from "../http/client/client.ts";
import { type ConnectionOptions, connection } from "../http/connection/connection.ts";
import type { Exchange } from "../http/connection/observed.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import type { Registry } from "../registry/registry.ts";
import { diskCache } from "../support/disk-cache.ts";
import { type Fingerprint, fingerprint } from "../untag/fingerprint.ts";
import type { TakeOut } from "../untag/strategies/storage.ts";
import { discard } from "../wire/body.ts";
import { parseChallenges } from "../wire/challenge.ts";
import { isOverloaded, parseFailure } from "../wire/failure.ts";
import { expectRegistry } from "../wire/greeting.ts";

/** How requests to a registry are sent, repeated and cached. */
export interface SessionOptions extends ConnectionOptions {
  /** How often a request is repeated after a failure that may pass; 3 by default. */
  readonly retries?: number;
  /** The folder of a cache for manifests and configs; without it, nothing is cached. */
  readonly cache?: string;
}

/** A registry at the other end of a connection. */
export interface Session {
  readonly address: RegistryAddress;
  readonly registry: Registry;
  /**
   * The same registry with manifests and configs from the cache: for showing content, never for proving that it exists.
   */
  readonly shown: Registry;
  /** The number of requests sent so far, those for tokens included. */
  readonly requests: () => number;
  /** How often what nothing depends on is repeated; undefined for as often as time allows. */
  readonly retries?: number;
  /** Recognises the registry by `GET /v2/`, answered once. Throws `NO_REGISTRY` where no registry answers. */
  readonly fingerprint: () => Promise<Fingerprint>;
  /** Takes one tag out of the registry's storage; undefined where the storage is not at hand. */
  readonly takeOut?: TakeOut;
  /** The running registry that is said to serve that storage. */
  readonly served?: Pick<Registry, "resolve">;
}

/** Opens a session with a registry. It sends nothing before its first use. */
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
    const { headers } = answer;
    // a load balancer's words, by which no registry can be recognised
    if (isOverloaded(answer)) throw await parseFailure(answer, { absent: "UNSUPPORTED" });
    await discard(answer);
    expectRegistry(answer, address.host);
    return fingerprint({ hostname: address.origin.hostname, headers, ...(realm !== undefined && { realm }) });
  };
  const { retries, cache } = options;
  const patience = retries === undefined ? {} : { retries };
  const registry = retrying(httpRegistry(transport, address.host), patience);
  return {
    address,
    registry,
    shown: cache === undefined ? registry : cached(registry, diskCache(cache)),
    requests: () => requests,
    fingerprint: onceDone(() => repeater(patience)(greet, isRepeatableRead)),
    ...patience,
  };
}

/** Does something at the first call only, and again where it failed. */
function onceDone<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let done: Promise<Result> | undefined;
  return () => {
    done ??= work().catch((error) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}

/** The realm in a challenge of the registry, by which its kind can be told. */
function realmOf({ answer }: Exchange): string | undefined {
  const challenge = "challenge" in answer ? answer.challenge : undefined;
  return challenge === undefined
    ? undefined
    : parseChallenges(challenge).find(({ parameters }) => parameters.realm)?.parameters.realm;
}
