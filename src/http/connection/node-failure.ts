import { RegistryError } from "../../registry/errors.ts";
import { connectionFailure } from "../../support/connection-failure.ts";
import { codeOf } from "../../support/system-error.ts";
import type { Request } from "../../wire/transport.ts";

/** What `explain` needs to know about a request that failed. */
export interface FailureContext {
  /** False while nothing can have been sent to the server. */
  readonly connected: boolean;
  readonly request: Request;
  /** True where HTTP is spoken within TLS. */
  readonly isSecure: boolean;
  /** The server, and the proxy if there is one, in words. */
  readonly place: string;
  /** The proxy, as long as only it can have been reached. */
  readonly proxy?: ProxyPlace | undefined;
}

/** A proxy and the setting that names it. */
export interface ProxyPlace {
  /** Host and port, without user and password. */
  readonly host: string;
  /** The environment variable that names it. */
  readonly variable: string;
}

/** The error for a proxy that refused to connect to the server; `status` is its answer. */
export class ProxyRefusal extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

/**
 * Explains a failure below HTTP, with a next step where there is one: `UNREACHABLE` where nothing was sent, else `LOST`
 * or `ANSWER_INVALID`.
 */
export function explain(cause: Error, context: FailureContext): RegistryError {
  const { connected, request, isSecure, place, proxy } = context;
  if (request.signal?.aborted) {
    const reason = request.signal.reason instanceof Error ? request.signal.reason.message : "it was cut off";
    return new RegistryError(connected ? "LOST" : "UNREACHABLE", `${request.method} to ${place}: ${reason}`, { cause });
  }
  const code = codeOf(cause) ?? "";
  const refusal = proxy && proxyFailure(cause, { code, place, proxy });
  if (refusal !== undefined) return refusal;
  const known = certificateFailures[code] ?? alertFailures[alertOf(cause)] ?? protocolFailure(code, isSecure);
  if (known !== undefined) {
    const [says, next] = known;
    return new RegistryError(connected ? "ANSWER_INVALID" : "UNREACHABLE", `${place} ${says}`, { cause, next });
  }
  if (connected) {
    return new RegistryError("LOST", `${place} closed the connection before it answered the ${request.method}`, {
      cause,
    });
  }
  return new RegistryError("UNREACHABLE", `cannot connect to ${place}: ${connectionFailure(code) ?? cause.message}`, {
    cause,
  });
}

interface ProxyContext {
  /** The code of the cause. */
  readonly code: string;
  readonly place: string;
  readonly proxy: ProxyPlace;
}

/** The error where the proxy refused or could not be reached; undefined where the failure may be the server's. */
function proxyFailure(cause: Error, { code, place, proxy }: ProxyContext): RegistryError | undefined {
  const { host, variable } = proxy;
  const unreachable = (says: string, next = `check ${variable} and NO_PROXY`) =>
    new RegistryError("UNREACHABLE", says, { cause, next });
  if (cause instanceof ProxyRefusal) {
    const next = cause.status === 407 ? `put user and password into ${variable}` : undefined;
    return unreachable(`${place} was not reached: the proxy answered ${cause.status}`, next);
  }
  if (notTls.has(code) && Number.isNaN(alertOf(cause))) {
    return unreachable(`the proxy ${host} does not speak TLS`, `set ${variable} to http://, not https://`);
  }
  const certificate = certificateFailures[code];
  if (certificate !== undefined) return unreachable(`the proxy ${host} ${certificate[0]}`);
  const isDown = "syscall" in cause && (cause.syscall === "connect" || cause.syscall === "getaddrinfo");
  return isDown ? unreachable(`cannot connect to ${place}: ${connectionFailure(code) ?? cause.message}`) : undefined;
}

type Known = readonly [says: string, next: string];

const unknownIssuer: Known = [
  "has a certificate of an authority that is not known here",
  "name the authority's certificate with --ca FILE; --insecure goes on without any check",
];
const expired: Known = ["has a certificate that has expired", "renew it on the server, and check this machine's clock"];

const certificateFailures: Readonly<Record<string, Known | undefined>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  CERT_UNTRUSTED: unknownIssuer,
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: ["has a certificate that is not valid yet", "check this machine's clock"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "has a certificate for another name",
    "use the name that the certificate is for; --insecure goes on without any check",
  ],
};

const anotherClient: Known = ["asks for another client certificate", "name it with --cert FILE --key FILE"];

/** What a server means by its TLS alerts (RFC 8446, 6.2); all of these concern our side. */
const alertFailures: Readonly<Record<number, Known | undefined>> = {
  40: ["refused the TLS handshake", "it may ask for --cert FILE --key FILE"], // TLS 1.2 sends it for 116 too
  42: anotherClient,
  43: anotherClient,
  44: ["says that the client certificate is revoked", "name another with --cert FILE --key FILE"],
  45: ["says that the client certificate has expired", "name another with --cert FILE --key FILE"],
  46: anotherClient,
  48: ["does not accept the client certificate", "name another with --cert FILE --key FILE"],
  116: ["asks for a client certificate", "name one with --cert FILE --key FILE"],
};

/**
 * The number of a TLS alert, read from the message: for some alerts Node's code is EPROTO where it was about to write.
 */
function alertOf({ message }: Error): number {
  return Number(/SSL alert number (\d+)/.exec(message)?.[1]);
}

const notTls: ReadonlySet<string> = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "EPROTO",
]);

const plainly = "write http:// before the host, or nothing and --plain-http, for a registry without TLS";
const securely = "write https:// before the host, or nothing and --tls, for a registry with TLS";

const protocolFailures: Readonly<Record<string, Known | undefined>> = {
  // OpenSSL read "HTTP/1.1 400 …" where a TLS record should be
  ERR_SSL_WRONG_VERSION_NUMBER: ["does not speak https", plainly],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ["does not speak https", plainly],
  EPROTO: ["does not speak https", plainly],
  // a TLS alert, or anything else that is not HTTP
  HPE_INVALID_CONSTANT: ["does not speak plain http", securely],
  HPE_HEADER_OVERFLOW: ["sent headers that are too long", "check that this is a registry"],
};

function protocolFailure(code: string, isSecure: boolean): Known | undefined {
  if (isSecure && code === "HPE_INVALID_CONSTANT")
    return ["speaks TLS, but no HTTP within", "check the host and the port"];
  return protocolFailures[code];
}
