import { type ServedRegistry, type ServeOptions, serveRegistry } from "../../../src/app/serving/serve-registry.ts";
import type { RegistryServer } from "./registry-server.ts";
import type { Stage } from "./stage.ts";

/** tagwise's own registry within the test's process, on a port of its own. */
export async function startEmbeddedHere(stage: Stage, options: ServeOptions = {}): Promise<RegistryServer> {
  const faults: unknown[] = [];
  const start = (addr: string) => serveRegistry({ onFault: (error) => faults.push(error), ...options, addr });
  let served: ServedRegistry = await start("127.0.0.1:0");
  const host = `127.0.0.1:${served.port}`;
  let isUp = true;
  const stop = async () => {
    if (isUp) await served.close();
    isUp = false;
  };
  stage.defer(stop);
  stage.keepLog(`embedded ${host}`, () => faults.map(String).join("\n"));
  return {
    host,
    port: served.port,
    origin: served.url,
    storage: options.storage ?? "",
    configFile: "",
    pid: () => process.pid,
    log: () => faults.map(String).join("\n"),
    stop,
    async start() {
      served = await start(host);
      isUp = true;
    },
  };
}
