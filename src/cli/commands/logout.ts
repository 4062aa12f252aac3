import { logout } from "../../http/credentials/login.ts";
import { openContext } from "../context.ts";
import { answer } from "../output.ts";
import { readHost } from "../references.ts";
import type { Said } from "../settings.ts";

/** `tagwise logout HOST`: removes the stored credentials of a registry. */
export async function action([word = ""]: readonly string[], flags: Said): Promise<number> {
  const { settings, environment } = await openContext(flags);
  const { host, origin } = readHost(word, settings);
  const { authfile } = settings;
  const keeper = await logout(origin, { environment, ...(authfile !== undefined && { authFile: authfile }) });
  await answer(settings, { registry: host, keeper: keeper ?? null }, () =>
    keeper === undefined ? `No credentials were kept for ${host}.` : `Logged out of ${host}.`,
  );
  return 0;
}
