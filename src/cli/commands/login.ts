import { login } from "../../http/credentials/login.ts";
import { ask, canAsk } from "../ask.ts";
import { type Context, openContext } from "../context.ts";
import { readPassword } from "../credentials.ts";
import { UsageError } from "../errors.ts";
import { answer } from "../output.ts";
import { readHost } from "../references.ts";
import type { Said } from "../settings.ts";

/** `tagwise login HOST`: checks a name and password with the registry, and keeps them. */
export async function action([word = ""]: readonly string[], flags: Said): Promise<number> {
  const { username: _, passwordStdin: __, ...others } = flags; // these are what is to be stored
  const context = await openContext(others, { makesAuthfile: true });
  const { settings, session, environment } = context;
  const address = readHost(word, settings);
  const { credentials: ___, ...connection } = session;
  const { username, password } = await whoIsIt(flags, context);
  const keeper = await login(address.origin, {
    username,
    password,
    environment,
    connection,
    ...(settings.authfile !== undefined && { authFile: settings.authfile }),
  });
  const where = keeper.kind === "file" ? keeper.file : `docker-credential-${keeper.helper}`;
  await answer(settings, { registry: address.host, username, keeper }, () => {
    const plain = keeper.kind === "file" ? "; the file is readable by you alone, and the password lies open in it" : "";
    return `Logged in to ${address.host}; kept in ${where}${plain}.`;
  });
  return 0;
}

/** Takes name and password from flags and environment, else asks the person. */
async function whoIsIt(
  flags: Said,
  { settings, environment }: Context,
): Promise<{ username: string; password: string }> {
  const said = typeof flags.username === "string" ? flags.username : settings.username;
  if (flags.passwordStdin === true && said === undefined) throw new UsageError("--password-stdin needs --username");
  const kept = flags.passwordStdin === true ? await readPassword() : environment.TAGWISE_PASSWORD;
  if ((said === undefined || kept === undefined) && !canAsk()) {
    throw new UsageError("there is no terminal to ask on", { next: "say --username NAME --password-stdin" });
  }
  const username = said ?? (await ask("Username: ")).trim();
  if (username === "") throw new UsageError("no username was given");
  const password = kept ?? (await ask("Password: ", { masked: true }));
  if (password === "") throw new UsageError("no password was given");
  return { username, password };
}
