import { readFile } from "node:fs/promises";
import type { SecureContext } from "node:tls";
import { RegistryError } from "../../registry/errors.ts";
import type { Environment } from "../credentials/credentials.ts";

/** The TLS settings of a connection; all files are in PEM. */
export interface TlsSettings {
  /** Certificates of authorities to trust in addition to the system's and Node's. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** True to skip every check of certificates. */
  readonly insecure?: boolean;
}

/** TLS options for Node; the context is made once for all connections. */
export interface TlsOptions {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
}

/** The usual files of the system's authorities: Debian, Fedora, OpenSUSE, and Alpine or BSD. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** Loads certificates and keys. Throws `UNREACHABLE`, naming the file, where one cannot be read or is not valid. */
export async function loadTls(settings: TlsSettings, environment: Environment): Promise<TlsOptions> {
  const { caFile, certFile, keyFile, insecure = false } = settings;
  const tls = await import("node:tls");
  // OpenSSL stops at the first broken certificate, so the named authorities come before the system's
  const ca = caFile === undefined ? [] : [await readAuthorities(caFile, "--ca")];
  if (!insecure) ca.push(...tls.rootCertificates, ...(await systemAuthorities(environment)));
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw invalid("a client certificate needs its key", "name both --cert FILE and --key FILE");
  }
  const cert = certFile === undefined ? {} : { cert: await readPem(certFile, "--cert") };
  const key = keyFile === undefined ? {} : { key: await readPem(keyFile, "--key") };
  try {
    return {
      secureContext: tls.createSecureContext({ ca: eachOnce(ca), ...cert, ...key }),
      rejectUnauthorized: !insecure,
    };
  } catch (cause) {
    const files = [caFile, certFile, keyFile].filter((file) => file !== undefined).join(", ");
    const why = cause instanceof Error ? cause.message : "";
    throw invalid(
      `the certificates cannot be used: ${why}`,
      `check ${files}: PEM, unencrypted, a key of its certificate`,
    );
  }
}

/** Joins certificates without duplicates into one text, which OpenSSL reads in half the time. */
function eachOnce(texts: readonly string[]): string {
  return [...new Set(texts.flatMap(blocksOf))].join("\n");
}

function blocksOf(pem: string): readonly string[] {
  return pem.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
}

async function systemAuthorities(environment: Environment): Promise<readonly string[]> {
  const extra = await readQuietly(environment.NODE_EXTRA_CA_CERTS);
  if (environment.SSL_CERT_FILE) return [await readAuthorities(environment.SSL_CERT_FILE, "SSL_CERT_FILE"), ...extra];
  const tls = await import("node:tls");
  if ("getCACertificates" in tls && typeof tls.getCACertificates === "function") {
    return [...tls.getCACertificates("system"), ...extra]; // Node 22.15 and later
  }
  for (const bundle of bundles) {
    const found = await readQuietly(bundle);
    if (found.length > 0) return [...found, ...extra];
  }
  return extra;
}

async function readQuietly(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined || file === "") return [];
  return readFile(file, "latin1").then(
    (text) => [text],
    () => [],
  );
}

/** Reads authorities and throws where one is broken: OpenSSL would silently leave out those after it. */
async function readAuthorities(file: string, from: string): Promise<string> {
  const text = await readPem(file, from);
  const { X509Certificate } = await import("node:crypto");
  const certificates = blocksOf(text).filter((block) => /^-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(block));
  const broken = certificates.findIndex((certificate) => !isReadable(certificate));
  if (certificates.length > 0 && broken === -1) return text;
  const next = "name the file that holds the authority's -----BEGIN CERTIFICATE-----";
  if (certificates.length < 2) throw invalid(`${file} (${from}) holds no certificate that can be read`, next);
  const which = `${broken + 1} of ${certificates.length}`;
  throw invalid(`${file} (${from}): certificate ${which} cannot be read`, "take it out, or put it in again whole");

  function isReadable(certificate: string): boolean {
    try {
      return new X509Certificate(certificate) !== undefined;
    } catch {
      return false;
    }
  }
}

async function readPem(file: string, from: string): Promise<string> {
  try {
    const text = await readFile(file, "latin1");
    if (text.includes("-----BEGIN ")) return text;
  } catch (cause) {
    throw invalid(`${file} (${from}) cannot be read`, "check that the file is there and may be read", cause);
  }
  throw invalid(`${file} (${from}) holds nothing in PEM`, "convert it: it must begin with -----BEGIN");
}

function invalid(says: string, next: string, cause?: unknown): RegistryError {
  return new RegistryError("UNREACHABLE", says, { next, ...(cause !== undefined && { cause }) });
}
