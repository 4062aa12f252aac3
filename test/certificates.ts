import { generate } from "selfsigned";

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

const common = { keyType: "ec", algorithm: "sha256" } as const;
const day = 86_400_000;

/** Makes a certificate authority that nobody knows; takes some 20 ms. */
export async function authority(commonName = "tagwise test authority"): Promise<Authority> {
  const own = await generate([{ name: "commonName", value: commonName }], {
    ...common,
    notBeforeDate: new Date(Date.now() - day),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    cert: own.cert,
    async certify(name, options = {}) {
      const { names = ["localhost", "127.0.0.1", "::1"], use = "server", notBefore, notAfter } = options;
      const made = await generate([{ name: "commonName", value: name }], {
        ...common,
        ca: { key: own.private, cert: own.cert },
        notBeforeDate: notBefore ?? new Date(Date.now() - day),
        notAfterDate: notAfter ?? new Date(Date.now() + 30 * day),
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "keyUsage", digitalSignature: true, keyEncipherment: true },
          use === "server" ? { name: "extKeyUsage", serverAuth: true } : { name: "extKeyUsage", clientAuth: true },
          { name: "subjectAltName", altNames: names.map(alternative) },
        ],
      });
      return { cert: made.cert, key: made.private };
    },
  };
}

function alternative(name: string) {
  return /^[\d.]+$|:/.test(name) ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const);
}
