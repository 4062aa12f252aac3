import { bundledMain } from "../../support/bundle.ts";
import { startPlainServer } from "./plain-server.ts";
import type { RegistryServer } from "./registry-server.ts";
import type { Stage } from "./stage.ts";

/** tagwise's own registry, started as a person starts it. */
export async function startEmbedded(stage: Stage, flags: readonly string[] = []): Promise<RegistryServer> {
  const argumentsAt = (host: string) => [bundledMain, "registry", "--addr", host, ...flags];
  const server = await startPlainServer(stage, process.execPath, argumentsAt);
  return { ...server, storage: flags[flags.indexOf("--storage") + 1] ?? "" };
}
