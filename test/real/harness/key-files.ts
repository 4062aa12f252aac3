import { createPrivateKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { authority } from "../../support/certificates.ts";
import type { TlsFiles } from "./docker-registry.ts";
import type { Stage } from "./stage.ts";
import type { SigningFiles } from "./token-server.ts";

/** Makes a private CA and a certificate of 127.0.0.1 that it signed. */
export async function makeTlsFiles(stage: Stage): Promise<TlsFiles> {
  const directory = stage.newDirectory("tls");
  const ca = await authority("Private CA under test");
  const { cert, key } = await ca.certify("registry under test");
  return {
    caFile: write(directory, "ca.pem", ca.cert),
    certificateFile: write(directory, "certificate.pem", cert),
    keyFile: write(directory, "key.pem", key),
  };
}

/** Makes the key of a token server and the certificate by which a registry knows its signature. */
export async function makeSigningFiles(stage: Stage): Promise<SigningFiles> {
  const directory = stage.newDirectory("signing");
  const { cert, key } = await (await authority()).certify("tokens under test");
  // SEC 1 is the only form of a key that the token server reads
  const sec1 = createPrivateKey(key).export({ type: "sec1", format: "pem" }).toString();
  return {
    certificateFile: write(directory, "certificate.pem", cert),
    keyFile: write(directory, "key.pem", sec1),
  };
}

function write(directory: string, name: string, pem: string): string {
  const path = join(directory, name);
  writeFileSync(path, `${pem.trim()}\n`, { mode: 0o600 });
  return path;
}
