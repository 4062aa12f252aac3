import type { Transport } from "../wire/transport.ts";
import type { CredentialsSource, Environment } from "./credentials/credentials.ts";
import { nodeTransport } from "./node-transport.ts";
import type { Observer } from "./observed.ts";

/** How to reach one registry; every part may be left out. */
export interface ConnectionOptions {
  /** Who asks; asked for only after the registry has sent a challenge. Nobody by default. */
  readonly credentials?: CredentialsSource;
  readonly tls?: TlsSettings;
  /** Read for HTTPS_PROXY, HTTP_PROXY, NO_PROXY, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS; empty by default. */
  readonly environment?: Environment;
  /** Milliseconds without a sign of life before a request is given up; 60,000 by default. Never cuts a DELETE by digest. */
  readonly timeout?: number;
  /** Requests that may wait for their answer at once; 8 by default. */
  readonly concurrency?: number;
  /** Requests a second, tokens and redirects counted; no limit by default. */
  readonly rate?: number;
  /** Hosts that may serve tokens although they look private (`--allow-realm`), as `HOST` or `HOST:PORT`. */
  readonly allowedRealms?: readonly string[];
  /** Is told of every request that is sent, with its answer, secrets left out. */
  readonly observe?: Observer;
}

/** Where the parts of TLS stand, as files in PEM. */
export interface TlsSettings {
  /** Certificates of authorities to trust besides the system's and Node's own. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Goes on without checking any certificate. */
  readonly insecure?: boolean;
}

/** Everything between a registry's protocol and the socket: TLS, proxies, pace, redirects, credentials. */
export function connection(origin: URL, options: ConnectionOptions = {}): Transport {
  return nodeTransport(origin, { keptOpen: options.concurrency ?? 8 });
}
