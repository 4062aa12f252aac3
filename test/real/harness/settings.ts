import { type DockerRegistryOptions, startDistribution3, startDockerRegistry } from "./docker-registry.ts";
import { startEmbedded } from "./embedded.ts";
import { startGitea } from "./gitea.ts";
import { newImage, push } from "./images.ts";
import { makeSigningFiles, makeTlsFiles } from "./key-files.ts";
import { startPlainServer } from "./plain-server.ts";
import type { RegistryServer } from "./registry-server.ts";
import type { Stage } from "./stage.ts";
import { startTokenServer } from "./token-server.ts";

/** A registry as somebody runs it, and what tagwise must find there. */
export interface Setting {
  readonly name: string;
  readonly programs: readonly string[];
  readonly strategy: "native" | "gitlab" | "decoy";
  /** True where a manifest goes with its last tag. */
  readonly givesUpUntagged?: boolean;
  readonly start: (stage: Stage) => Promise<RegistryServer>;
}

/** Registries from which tags can be removed. The token server grants `team/…` to the person `team`. */
export const openSettings: readonly Setting[] = [
  {
    name: "docker-registry 2.8.2",
    programs: ["docker-registry"],
    strategy: "decoy",
    start: (stage) => startDockerRegistry(stage),
  },
  {
    name: "docker-registry 2.8.2 behind htpasswd",
    programs: ["docker-registry", "htpasswd"],
    strategy: "decoy",
    start: (stage) => startDockerRegistry(stage, { htpasswd: { username: "team", password: "let:me in" } }),
  },
  {
    name: "docker-registry 2.8.2 behind a token server",
    programs: ["docker-registry", "token-server", "htpasswd"],
    strategy: "decoy",
    start: async (stage) =>
      startDockerRegistry(stage, { token: await startTokenServer(stage, await makeSigningFiles(stage)) }),
  },
  {
    name: "docker-registry 2.8.2 behind TLS of a private CA",
    programs: ["docker-registry"],
    strategy: "decoy",
    start: async (stage) => startDockerRegistry(stage, { tls: await makeTlsFiles(stage) }),
  },
  {
    name: "distribution 3",
    programs: ["registry"],
    strategy: "native",
    start: (stage) => startDistribution3(stage),
  },
  {
    name: "the embedded registry",
    programs: [],
    strategy: "native",
    start: (stage) => startEmbedded(stage),
  },
  {
    name: "the embedded registry in the manner of distribution 2",
    programs: [],
    strategy: "decoy",
    start: (stage) => startEmbedded(stage, ["--behave-like", "distribution2"]),
  },
  {
    name: "go-containerregistry's registry, a kind that tagwise does not know",
    programs: ["crane"],
    strategy: "native",
    start: (stage) => startPlainServer(stage, "crane", (host) => ["registry", "serve", "--address", host]),
  },
  {
    name: "olareg 0.1.2, a kind that tagwise does not know",
    programs: ["olareg"],
    strategy: "native",
    start: (stage) => startPlainServer(stage, "olareg", olaregAt),
  },
  {
    name: "Gitea 1.26.0",
    programs: ["gitea", "git"],
    strategy: "native",
    givesUpUntagged: true,
    start: startGitea,
  },
];

function olaregAt(host: string): readonly string[] {
  const [address = "", port = ""] = host.split(":");
  return ["serve", "--addr", address, "--port", port, "--store-type", "mem", "--api-delete"];
}

/** A registry that lets nobody remove a tag; it holds `team/app` with the tags `latest` and `test1` of one image. */
export interface ClosedSetting {
  readonly name: string;
  readonly programs: readonly string[];
  readonly start: (stage: Stage) => Promise<RegistryServer>;
}

export const closedSettings: readonly ClosedSetting[] = [
  {
    name: "docker-registry 2.8.2 with deletion disabled",
    programs: ["docker-registry"],
    start: (stage) => reopened(stage, startDockerRegistry, { deletion: false }),
  },
  {
    name: "docker-registry 2.8.2 in read-only mode",
    programs: ["docker-registry"],
    start: (stage) => reopened(stage, startDockerRegistry, { readOnly: true }),
  },
  {
    name: "distribution 3 with deletion disabled",
    programs: ["registry"],
    start: (stage) => reopened(stage, startDistribution3, { deletion: false }),
  },
];

/** Fills a registry while it still takes pushes, then starts it anew as it is to be. */
async function reopened(
  stage: Stage,
  start: (stage: Stage, options: DockerRegistryOptions) => Promise<RegistryServer>,
  options: DockerRegistryOptions,
): Promise<RegistryServer> {
  const storage = stage.newDirectory("storage");
  const filling = await start(stage, { storage });
  await push(filling, "team/app", newImage(), ["latest", "test1"]);
  await filling.stop();
  return start(stage, { ...options, storage });
}
