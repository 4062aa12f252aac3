import { join } from "node:path";
import envPaths from "env-paths";

/** The folders of this user's files: by the XDG variables where they are set, else the system's usual ones. */
export interface Folders {
  readonly config: string;
  readonly state: string;
  readonly cache: string;
  /**
   * Locks are taken in all of these: in the state folder, where logins and cron jobs meet, and in the runtime folder of
   * a login.
   */
  readonly locks: readonly string[];
}

/** Finds the folders; it makes none. */
export function folders(environment: Readonly<Record<string, string | undefined>>): Folders {
  const { config, cache, log, data } = envPaths("tagwise", { suffix: "" });
  const xdg = (name: string, otherwise: string) => {
    const folder = environment[name];
    return folder === undefined || folder === "" ? otherwise : join(folder, "tagwise");
  };
  // env-paths calls the state folder "log" on Linux; elsewhere logs are thrown away, so there it is the data folder
  const state = xdg("XDG_STATE_HOME", process.platform === "linux" ? log : join(data, "state"));
  return {
    config: xdg("XDG_CONFIG_HOME", config),
    cache: xdg("XDG_CACHE_HOME", cache),
    state,
    locks: [...new Set([state, xdg("XDG_RUNTIME_DIR", state)])].map((folder) => join(folder, "locks")),
  };
}
