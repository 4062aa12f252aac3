import { bundledMain } from "./bundle.ts";
import { freePort, isListening, startServer } from "./processes.ts";
import type { RegistryServer } from "./registry-server.ts";
import type { Stage } from "./stage.ts";

/** tagwise's own registry, started as a person starts it. */
export async function startEmbedded(stage: Stage, flags: readonly string[] = []): Promise<RegistryServer> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const start = () =>
    startServer(stage, process.execPath, {
      args: [bundledMain, "registry", "--addr", host, ...flags],
      isReady: () => isListening(port),
    });
  let running = await start();
  return {
    host,
    port,
    origin: `http://${host}`,
    storage: flags[flags.indexOf("--storage") + 1] ?? "",
    configFile: "",
    pid: () => running.pid,
    log: () => running.log(),
    stop: (signal) => running.stop(signal),
    async start() {
      running = await start();
    },
  };
}
