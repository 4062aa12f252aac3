import { join } from "node:path";
import envPaths from "env-paths";

/** Where this user's files go, by the XDG rules on every system that has them. */
export interface Folders {
  readonly config: string;
  readonly state: string;
  readonly cache: string;
  /** Gone at the next start of the machine, and local to it; in the state folder where there is none. */
  readonly locks: string;
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
    locks: join(xdg("XDG_RUNTIME_DIR", state), "locks"),
  };
}
