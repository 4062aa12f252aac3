import { KeyObject, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its key, in PEM. */
interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Names and addresses that it is for; `localhost`, `127.0.0.1` and `::1` by default. */
  readonly names?: readonly string[];
  /** What it may be used for; a server by default. */
  readonly use?: "server" | "client";
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** An authority made for a test, which signs what the test needs. */
export interface Authority {
  /** Its own certificate, for `ca`. */
  readonly cert: string;
  certify(commonName: string, options?: CertificateOptions): Promise<Identity>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 86_400_000;

/** Makes a certificate authority that nobody knows; takes some 20 ms. */
export async function authority(commonName = "tagwise test authority"): Promise<Authority> {
  const keys = await newKeys();
  const own = await X509CertificateGenerator.createSelfSigned({
    ...validity({}),
    name: `CN=${commonName}`,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    cert: own.toString("pem"),
    async certify(name, { names = ["localhost", "127.0.0.1", "::1"], use = "server", ...times } = {}) {
      const { publicKey, privateKey } = await newKeys();
      const made = await X509CertificateGenerator.create({
        ...validity(times),
        subject: `CN=${name}`,
        issuer: own.subject,
        publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([use === "server" ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension(names.map(alternative)),
        ],
      });
      return { cert: made.toString("pem"), key: pemOf(privateKey) };
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function validity({ notBefore, notAfter }: Pick<CertificateOptions, "notBefore" | "notAfter">) {
  return {
    notBefore: notBefore ?? new Date(Date.now() - day),
    notAfter: notAfter ?? new Date(Date.now() + 30 * day),
    signingAlgorithm: algorithm,
  };
}

function alternative(name: string) {
  return { type: /^[\d.]+$|:/.test(name) ? ("ip" as const) : ("dns" as const), value: name };
}

/** In SEC 1, which Go's servers read as well. */
function pemOf(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "sec1", format: "pem" }).toString();
}
