import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "./processes.ts";
import { run, succeed } from "./run.ts";
import type { Stage } from "./stage.ts";

/** A real Docker engine of the test's own. */
export interface DockerEngine {
  /** Where it listens, as `DOCKER_HOST` names it. */
  readonly host: string;
  /** Runs the docker command line against it. Throws where it fails. */
  docker(...args: readonly string[]): Promise<string>;
  /** Makes an image of one small file; resolves to its id. */
  importImage(reference: string, content: string): Promise<string>;
  /** The id of a local image. */
  imageId(reference: string): Promise<string>;
  /** Forgets every local image. */
  forgetImages(): Promise<void>;
}

/** Starts dockerd with neither network nor storage tricks; needs root. */
export async function startDockerEngine(stage: Stage): Promise<DockerEngine> {
  const root = stage.newDirectory("dockerd");
  const host = `unix://${root}/docker.sock`;
  const docker = (...args: readonly string[]) => succeed(stage, "docker", ["--host", host, ...args]);
  stage.defer(() => endLeftContainerd(join(root, "exec", "containerd", "containerd.pid")));
  stage.defer(() => unmountNetwork(stage, join(root, "exec", "netns", "default")));
  await startServer(stage, "dockerd", {
    args: [
      ...["--data-root", join(root, "images"), "--exec-root", join(root, "exec"), "--pidfile", join(root, "pid")],
      ...["--host", host, "--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs"],
      "--log-level=warn",
    ],
    isReady: async () =>
      existsSync(join(root, "docker.sock")) && (await run(stage, "docker", ["--host", host, "info"])).code === 0,
  });
  const imageId = (reference: string) => docker("image", "inspect", "--format", "{{.Id}}", reference);
  return {
    host,
    docker,
    imageId,
    async importImage(reference, content) {
      const files = stage.newDirectory("image");
      mkdirSync(join(files, "etc"));
      writeFileSync(join(files, "etc", "content"), content);
      const archive = join(stage.newDirectory("archive"), "image.tar");
      await succeed(stage, "tar", ["-C", files, "-cf", archive, "etc"]);
      await docker("import", archive, reference);
      return imageId(reference);
    },
    async forgetImages() {
      const ids = await docker("image", "ls", "--quiet", "--no-trunc");
      if (ids !== "") await docker("image", "rm", "--force", ...new Set(ids.split("\n")));
    },
  };
}

/** A dockerd that had to be killed leaves its containerd behind. */
function endLeftContainerd(pidFile: string): void {
  if (!existsSync(pidFile)) return;
  try {
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
  } catch {} // it ended with dockerd
  rmSync(pidFile, { force: true });
}

/** A container on the host's network makes dockerd mount that, and leave it mounted. */
async function unmountNetwork(stage: Stage, mount: string): Promise<void> {
  if (existsSync(mount)) await run(stage, "umount", [mount]); // which fails where it is only a file
}
