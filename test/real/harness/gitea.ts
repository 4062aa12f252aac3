import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, startServer } from "./processes.ts";
import { ask, type Credentials, type RegistryServer } from "./registry-server.ts";
import { succeed } from "./run.ts";
import type { Stage } from "./stage.ts";

const credentials: Credentials = { username: "team", password: "let:me in" };

/** Gitea, whose packages are a registry, with one person: the owner of all repositories under the person's name. */
export async function startGitea(stage: Stage): Promise<RegistryServer> {
  const port = await freePort();
  const home = stage.newDirectory("gitea-home");
  const file = join(home, "app.ini");
  writeFileSync(file, configuration(home, port));
  const { username, password } = credentials;
  await succeed(stage, "gitea", ["--config", file, "migrate"]);
  const person = ["--username", username, "--password", password, "--email", "team@example.com"];
  const create = ["admin", "user", "create", ...person, "--must-change-password=false"];
  await succeed(stage, "gitea", ["--config", file, ...create]);

  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  const isReady = () =>
    ask({ origin }, "GET", "/api/healthz").then(
      ({ status }) => status === 200,
      () => false,
    );
  const start = () => startServer(stage, "gitea", { args: ["--config", file, "web"], isReady });
  let running = await start();
  return {
    host,
    port,
    origin,
    storage: "",
    configFile: file,
    credentials,
    pid: () => running.pid,
    log: () => running.log(),
    stop: (signal) => running.stop(signal),
    async start() {
      running = await start();
    },
  };
}

/** Only as much as keeps it to itself: no mail, no ssh, no look at the network. */
function configuration(home: string, port: number): string {
  return `
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = ${home}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = ${join(home, "gitea.db")}
[security]
INSTALL_LOCK = true
SECRET_KEY = one secret for all restarts
MIN_PASSWORD_LENGTH = 6
[log]
LEVEL = Warn
`;
}
