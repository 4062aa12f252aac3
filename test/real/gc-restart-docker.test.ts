import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { type DockerEngine, startDockerEngine } from "./harness/docker-engine.ts";
import { newImage, push } from "./harness/images.ts";
import { freePort, isListening, waitUntil } from "./harness/processes.ts";
import { program } from "./harness/programs.ts";
import { ask, type RegistryServer } from "./harness/registry-server.ts";
import { succeed } from "./harness/run.ts";
import type { Stage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { pullsWhole, runCommand, sweep } from "./harness/swept-registry.ts";

type Contained = Pick<RegistryServer, "origin" | "port" | "storage">;

describeWith(["registry", "dockerd", "docker"], "gc on a registry in a container", () => {
  const stage = openStage();

  it("--restart docker:NAME restarts it after the sweep: what was promised is sent again, and the purge is allowed", async () => {
    const engine = await startDockerEngine(stage);
    const registry = await startContained(stage, engine);
    const server = { ...registry, host: `127.0.0.1:${registry.port}` } as RegistryServer;
    const [kept, gone] = [newImage(), newImage()];
    await push(server, "app", kept, ["kept"]);
    await push(server, "app", gone, ["gone"]);
    await ask(server, "DELETE", `/v2/app/manifests/${gone.digest}`);
    const started = await startedAt(engine);
    const run = await sweep(stage, registry.storage, ["--restart", "docker:registry"], { DOCKER_HOST: engine.host });
    expect(await startedAt(engine)).not.toBe(started);
    await waitUntil(() => isListening(registry.port), { what: "the registry to answer again" });
    const { code, said } = await runCommand(stage, ["purge", registry.storage, run, "--yes"]);
    expect([code, said.run?.state]).toEqual([0, "purged"]);
    expect(await pullsWhole(server, kept)).toBe(true);
    await push(server, "app", gone, ["again"]);
    expect(await pullsWhole(server, gone)).toBe(true);
  }, 120_000);
});

function startedAt({ docker }: DockerEngine): Promise<string> {
  return docker("inspect", "--format", "{{.State.StartedAt}}", "registry");
}

/** distribution 3 in a container of an image that holds nothing else. */
async function startContained(stage: Stage, { docker }: DockerEngine): Promise<Contained> {
  const [port, storage, files] = [await freePort(), stage.newDirectory("storage"), stage.newDirectory("image")];
  copyFileSync(program("registry"), join(files, "registry"));
  chmodSync(join(files, "registry"), 0o755);
  const config = {
    version: "0.1",
    log: { level: "warn" },
    storage: {
      filesystem: { rootdirectory: "/var/lib/registry" },
      cache: { blobdescriptor: "inmemory" },
      delete: { enabled: true },
    },
    http: { addr: `127.0.0.1:${port}`, secret: "one secret for all restarts" },
  };
  writeFileSync(join(files, "config.yml"), stringify(config));
  const archive = join(stage.newDirectory("archive"), "image.tar");
  await succeed(stage, "tar", ["-C", files, "-cf", archive, "registry", "config.yml"]);
  await docker("import", archive, "registry:local");
  const mounted = ["--volume", `${storage}:/var/lib/registry`];
  const command = ["registry:local", "/registry", "serve", "/config.yml"];
  await docker("run", "--detach", "--name", "registry", "--network", "host", ...mounted, ...command);
  stage.defer(() => void docker("rm", "--force", "registry").catch(() => {}));
  await waitUntil(() => isListening(port), { what: "the registry in the container" });
  return { port, storage, origin: `http://127.0.0.1:${port}` };
}
