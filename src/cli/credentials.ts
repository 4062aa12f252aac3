import process from "node:process";
import { text } from "node:stream/consumers";
import type { CredentialsSource, Environment } from "../http/credentials/credentials.ts";
import { RegistryError } from "../registry/errors.ts";
import { UsageError } from "./errors.ts";
import type { Said, Settings } from "./settings.ts";

interface Surroundings {
  readonly flags: Said;
  readonly environment: Environment;
}

/**
 * Credentials from flags and environment, else the stored ones, which are read only when a registry asks. Throws a
 * usage error.
 */
export async function chosenCredentials(settings: Settings, around: Surroundings): Promise<CredentialsSource> {
  const { username, passwordStdin } = settings;
  if (username !== undefined) return explicitCredentials(username, settings, around);
  if (passwordStdin) throw new UsageError("--password-stdin needs --username");
  let opened: Promise<CredentialsSource> | undefined;
  return async (target) => {
    opened ??= storedCredentials(settings, around.environment);
    return (await opened)(target);
  };
}

/**
 * Credentials with a given name. Where it comes from environment or config file, a missing password fails only when
 * needed.
 */
async function explicitCredentials(
  username: string,
  { passwordStdin }: Settings,
  { flags, environment }: Surroundings,
): Promise<CredentialsSource> {
  const password = passwordStdin ? await readPassword() : environment.TAGWISE_PASSWORD;
  if (password !== undefined) return async () => ({ kind: "password", username, password });
  if (flags.username !== undefined)
    throw new UsageError("--username needs --password-stdin, or the password in TAGWISE_PASSWORD");
  return async () => {
    throw new RegistryError("UNAUTHORIZED", `there is no password for ${JSON.stringify(username)}`, {
      next: "set TAGWISE_PASSWORD too; without TAGWISE_USERNAME, and username in the config file, the stored login is used",
    });
  };
}

async function storedCredentials({ authfile }: Settings, environment: Environment): Promise<CredentialsSource> {
  const { credentialsFrom } = await import("../http/credentials/source.ts");
  return credentialsFrom({ environment, ...(authfile !== undefined && { authFile: authfile }) });
}

/** Reads all of standard input, without the final newline. */
export async function readPassword(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, "");
}
