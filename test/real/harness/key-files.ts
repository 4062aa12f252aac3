import { KeyObject, webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { TlsFiles } from "./docker-registry.ts";
import type { Stage } from "./stage.ts";
import type { SigningFiles } from "./token-server.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hour = 3_600_000;

/** Makes a private CA and a certificate of 127.0.0.1 that it signed. */
export async function makeTlsFiles(stage: Stage): Promise<TlsFiles> {
  const directory = stage.newDirectory("tls");
  const authority = await newKeys();
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: "CN=Private CA under test",
    keys: authority,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    ...validity(),
    subject: "CN=registry under test",
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    extensions: [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])],
  });
  return {
    caFile: write(directory, "ca.pem", ca.toString("pem")),
    certificateFile: write(directory, "certificate.pem", certificate.toString("pem")),
    keyFile: write(directory, "key.pem", pemOf(keys.privateKey)),
  };
}

/** Makes the key of a token server and the certificate by which a registry knows its signature. */
export async function makeSigningFiles(stage: Stage): Promise<SigningFiles> {
  const directory = stage.newDirectory("signing");
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: "CN=tokens under test",
    keys,
  });
  return {
    certificateFile: write(directory, "certificate.pem", certificate.toString("pem")),
    keyFile: write(directory, "key.pem", pemOf(keys.privateKey)),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function validity() {
  return {
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + 24 * hour),
    signingAlgorithm: algorithm,
  };
}

/** In SEC 1, the only form that the token server reads. */
function pemOf(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "sec1", format: "pem" }).toString();
}

function write(directory: string, name: string, pem: string): string {
  const path = join(directory, name);
  writeFileSync(path, `${pem.trim()}\n`, { mode: 0o600 });
  return path;
}
