import { join } from "node:path";
import envPaths from "env-paths";

/** Where this user's files go, by the XDG rules on every system that has them. */
export interface Folders {
  readonly config: string;
  readonly state: string;
  readonly cache: string;
  /** A login has a runtime folder, and a job of cron has none: they meet in the state folder; and in the other where that is moved. */
  readonly locks: readonly string[];
}

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
