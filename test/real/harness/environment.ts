import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./stage.ts";

export type Environment = Readonly<Record<string, string>>;

/**
 * Of the caller's environment only what programs need to run; a person's credentials and proxies stay out of the tests.
 */
const inherited = ["PATH", "LANG", "TERM", "TMPDIR", "GOPATH"];

/** The environment of a program on a stage: its home and every XDG folder are the stage's own. */
export function environmentFor(stage: Stage, more: Environment = {}): Record<string, string> {
  const home = join(stage.directory, "home");
  const folders = {
    HOME: home,
    DOCKER_CONFIG: join(home, ".docker"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_RUNTIME_DIR: join(home, "run"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const kept = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), ...folders, ...more };
}
