import { access } from "node:fs/promises";
import process from "node:process";
import type { Credentials, CredentialsSource, Environment } from "../http/credentials/credentials.ts";
import { UsageError } from "./errors.ts";
import type { Settings } from "./settings.ts";

/** Who asks: the flags and the environment first, then what is stored; looked up only when a registry asks for it. */
export async function chosenCredentials(settings: Settings, environment: Environment): Promise<CredentialsSource> {
  const explicit = await explicitCredentials(settings, environment);
  if (explicit !== undefined) return async () => explicit;
  let opened: Promise<CredentialsSource> | undefined;
  return async (target) => {
    opened ??= storedCredentials(settings, environment);
    return (await opened)(target);
  };
}

async function storedCredentials({ authfile }: Settings, environment: Environment): Promise<CredentialsSource> {
  if (authfile !== undefined) await access(authfile); // the files of the system may be missing, one that was named may not
  const { credentialsFrom } = await import("../http/credentials/source.ts");
  return credentialsFrom({ environment, ...(authfile !== undefined && { authFile: authfile }) });
}

async function explicitCredentials(
  { username, passwordStdin }: Settings,
  { TAGWISE_PASSWORD }: Environment,
): Promise<Credentials | undefined> {
  if (username === undefined) {
    if (passwordStdin) throw new UsageError("--password-stdin needs --username");
    return undefined;
  }
  const password = passwordStdin ? await readPassword() : TAGWISE_PASSWORD;
  if (password === undefined)
    throw new UsageError("--username needs --password-stdin, or the password in TAGWISE_PASSWORD");
  return { kind: "password", username, password };
}

/** The whole of standard input, less the line's end. */
export async function readPassword(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return text.replace(/\r?\n$/, "");
}
