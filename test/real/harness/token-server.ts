import { join } from "node:path";
import { htpasswdFile } from "./docker-registry.ts";
import { freePort, isListening, startServer } from "./processes.ts";
import type { Credentials } from "./registry-server.ts";
import type { Stage } from "./stage.ts";

/** A token server and what a registry must be told to believe it. */
export interface TokenServer {
  readonly credentials: Credentials;
  /** The `auth.token` section of the registry's configuration. */
  readonly settings: Readonly<Record<string, string>>;
}

/** PEM files of the key that signs tokens and of a certificate of the same key. */
export interface SigningFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** distribution's own token server; it grants a person the repositories under the person's name, and the catalog. */
export async function startTokenServer(
  stage: Stage,
  { certificateFile, keyFile }: SigningFiles,
  credentials: Credentials = { username: "team", password: "let me in" },
): Promise<TokenServer> {
  const port = await freePort();
  const passwords = await htpasswdFile(stage, join(stage.newDirectory("passwords"), "htpasswd"), credentials);
  const issuer = "issuer under test";
  await startServer(stage, "token-server", {
    args: ["-addr", `127.0.0.1:${port}`, "-issuer", issuer, "-passwd", passwords, "-realm", "tokens", "-key", keyFile],
    isReady: () => isListening(port),
  });
  const realm = `http://localhost:${port}/token/`; // crane refuses a realm that is a loopback literal
  return {
    credentials,
    settings: { realm, service: "registry under test", issuer, rootcertbundle: certificateFile },
  };
}
