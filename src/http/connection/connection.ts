import type { Dial, Transport } from "../../wire/transport.ts";
import { authorized } from "../auth/authorized.ts";
import type { CredentialsSource, Environment } from "../credentials/credentials.ts";
import { nodeTransport } from "./node-transport.ts";
import { type Observer, observed } from "./observed.ts";
import { limited, pace, paced, places } from "./paced.ts";
import { proxyAgent } from "./proxies.ts";
import { redirecting } from "./redirecting.ts";
import { suspectingTls } from "./suspecting-tls.ts";
import { timed } from "./timed.ts";
import { loadTls, type TlsSettings } from "./tls.ts";

/** How to reach one registry; every field may be left out. */
export interface ConnectionOptions {
  /** Where credentials come from; used only after the registry has sent a challenge. Anonymous by default. */
  readonly credentials?: CredentialsSource;
  readonly tls?: TlsSettings;
  /** Read for HTTPS_PROXY, HTTP_PROXY, NO_PROXY, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS; empty by default. */
  readonly environment?: Environment;
  /**
   * Milliseconds without any progress after which a request is given up; 60,000 by default. The head of a `lasting`
   * answer is awaited without a limit.
   */
  readonly timeout?: number;
  /** How many requests may wait for their answer at the same time; 8 by default. */
  readonly concurrency?: number;
  /** The most requests a second, those for tokens and redirects included; no limit by default. */
  readonly rate?: number;
  /** Hosts that may serve tokens although they look private (`--allow-realm`), as `HOST` or `HOST:PORT`. */
  readonly allowedRealms?: readonly string[];
  /** Called for every request that is sent, with its answer and without secrets. */
  readonly observe?: Observer;
}

/**
 * The transport to one registry, with TLS, proxies, rate limit, time limit, redirects and credentials. It connects at
 * its first request.
 */
export function connection(origin: URL, options: ConnectionOptions = {}): Transport {
  const dial = dialer(options, origin);
  const { credentials, allowedRealms } = options;
  const asking = authorized(dial(origin), {
    origin,
    dial,
    ...(credentials && { credentials }),
    ...(allowedRealms && { allowedRealms }),
  });
  return redirecting(asking, { origin, dial });
}

/** Opens one transport for each server; all share one rate limit, and only the registry gets the client certificate. */
function dialer(options: ConnectionOptions, registry: URL): Dial {
  const { timeout = 60_000, concurrency = 8, rate, observe } = options;
  const turn = rate === undefined ? undefined : pace(rate);
  const inPlace = places(concurrency);
  const open = new Map<string, Transport>();
  return (origin) => {
    const known = open.get(origin.origin);
    if (known !== undefined) return known;
    let transport = timed(opened(origin, options, origin.hostname === registry.hostname), timeout);
    if (observe !== undefined) transport = observed(transport, { origin, observe });
    if (turn !== undefined) transport = paced(transport, turn);
    transport = limited(transport, inPlace);
    open.set(origin.origin, transport);
    return transport;
  };
}

/** A transport that reads certificates and proxy settings when its first request needs them. */
function opened(
  origin: URL,
  { tls = {}, environment = {}, concurrency = 8 }: ConnectionOptions,
  isRegistry: boolean,
): Transport {
  const open = async () => {
    const { certFile: _, keyFile: __, ...withoutClient } = tls;
    const secured =
      origin.protocol === "https:" ? { tls: await loadTls(isRegistry ? tls : withoutClient, environment) } : {};
    const proxy = await proxyAgent(origin, { environment, keptOpen: concurrency });
    const guard = isRegistry ? {} : { lookup: (await import("./guarded-lookup.ts")).guardedLookup };
    const transport = nodeTransport(origin, { keptOpen: concurrency, ...secured, ...guard, ...(proxy && { proxy }) });
    return origin.protocol === "http:" ? suspectingTls(transport, origin) : transport;
  };
  let transport: Promise<Transport> | undefined;
  return async (request) => {
    transport ??= open();
    return (await transport)(request);
  };
}
