import { freePort, isListening, startServer } from "./processes.ts";
import type { RegistryServer } from "./registry-server.ts";
import type { Stage } from "./stage.ts";

/** A registry that is told by its arguments where to listen, and has no configuration file. */
export async function startPlainServer(
  stage: Stage,
  program: string,
  argumentsAt: (host: string) => readonly string[],
): Promise<RegistryServer> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const start = () => startServer(stage, program, { args: argumentsAt(host), isReady: () => isListening(port) });
  let running = await start();
  return {
    host,
    port,
    origin: `http://${host}`,
    storage: "",
    configFile: "",
    pid: () => running.pid,
    log: () => running.log(),
    stop: (signal) => running.stop(signal),
    async start() {
      running = await start();
    },
  };
}
