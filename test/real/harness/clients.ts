import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DockerEngine } from "./docker-engine.ts";
import { environmentFor } from "./environment.ts";
import { digestOf, type MadeImage } from "./images.ts";
import { digestInLayout, writeLayout } from "./layout.ts";
import type { RegistryServer } from "./registry-server.ts";
import { succeed } from "./run.ts";
import type { Stage } from "./stage.ts";

/** A client of registries that somebody else wrote. */
export interface Client {
  readonly name: string;
  /** Pushes an image under a reference; resolves to the digest under which it stands there. */
  push(reference: string, image: MadeImage): Promise<string>;
  /** Pulls all of an image; resolves to the digest of what came. */
  pull(reference: string): Promise<string>;
}

export type ClientName = "docker" | "skopeo" | "crane" | "regctl";

/** The clients for one registry. docker pushes an image of its own making, since an engine keeps no manifests. */
export function clientsOf(
  stage: Stage,
  server: RegistryServer,
  engine: DockerEngine,
): Readonly<Record<ClientName, Client>> {
  logIn(stage, server);
  return {
    docker: docker(engine),
    skopeo: skopeo(stage, server),
    crane: crane(stage, server),
    regctl: regctl(stage, server),
  };
}

function docker({ docker, importImage, forgetImages }: DockerEngine): Client {
  const imported = new Map<string, string>();
  const digestIn = (said: string) => /digest: (sha256:[0-9a-f]{64})/i.exec(said)?.[1] ?? said;
  return {
    name: "docker",
    async push(reference, image) {
      const id = imported.get(image.digest) ?? (await importImage("made", image.digest));
      imported.set(image.digest, id);
      await docker("tag", id, reference);
      return digestIn(await docker("push", reference));
    },
    async pull(reference) {
      await forgetImages();
      return digestIn(await docker("pull", reference));
    },
  };
}

function skopeo(stage: Stage, server: RegistryServer): Client {
  const environment = trustOf(server);
  const verify = server.caFile !== undefined;
  const copy = ["--insecure-policy", "copy", "--quiet", "--all", "--preserve-digests"];
  return {
    name: "skopeo",
    async push(reference, image) {
      const from = `oci:${layoutOf(stage, image)}:made`;
      await succeed(stage, "skopeo", [...copy, `--dest-tls-verify=${verify}`, from, `docker://${reference}`], {
        environment,
      });
      return image.digest;
    },
    async pull(reference) {
      const to = stage.newDirectory("pulled");
      await succeed(stage, "skopeo", [...copy, `--src-tls-verify=${verify}`, `docker://${reference}`, `dir:${to}`], {
        environment,
      });
      return digestOf(readFileSync(join(to, "manifest.json")));
    },
  };
}

function crane(stage: Stage, server: RegistryServer): Client {
  const environment = trustOf(server);
  return {
    name: "crane",
    async push(reference, image) {
      const index = image.children.length > 0 ? ["--index"] : [];
      // an index is pushed as the layout itself, so it must be the layout's own
      const from = image.children.length > 0 ? ownLayoutOf(stage, image) : layoutOf(stage, image);
      await succeed(stage, "crane", ["push", ...index, from, reference], { environment });
      return image.digest;
    },
    async pull(reference) {
      const to = stage.newDirectory("pulled");
      await succeed(stage, "crane", ["pull", "--format=oci", reference, to], { environment });
      return digestInLayout(to);
    },
  };
}

function regctl(stage: Stage, server: RegistryServer): Client {
  const environment = trustOf(server);
  const host = ["--host", `reg=${server.host},tls=${server.caFile === undefined ? "disabled" : "enabled"}`];
  return {
    name: "regctl",
    async push(reference, image) {
      await succeed(stage, "regctl", [...host, "image", "copy", `ocidir://${layoutOf(stage, image)}:made`, reference], {
        environment,
      });
      return image.digest;
    },
    async pull(reference) {
      const to = stage.newDirectory("pulled");
      await succeed(stage, "regctl", [...host, "image", "copy", reference, `ocidir://${to}:pulled`], { environment });
      return digestInLayout(to);
    },
  };
}

/** Writes the credentials where docker keeps them, and where all the other clients look too. */
export function logIn(stage: Stage, { host, credentials }: RegistryServer): void {
  if (credentials === undefined) return;
  const folder = environmentFor(stage).DOCKER_CONFIG ?? "";
  const file = join(folder, "config.json");
  mkdirSync(folder, { recursive: true });
  const { auths } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { auths: {} };
  auths[host] = { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64") };
  writeFileSync(file, JSON.stringify({ auths }), { mode: 0o600 });
}

/** What makes a program written in Go trust a private CA. */
function trustOf({ caFile }: RegistryServer): Record<string, string> {
  return caFile === undefined ? {} : { SSL_CERT_FILE: caFile, SSL_CERT_DIR: "/nonexistent" };
}

function layoutOf(stage: Stage, image: MadeImage): string {
  const directory = stage.newDirectory("layout");
  writeLayout(directory, "made", image);
  return directory;
}

function ownLayoutOf(stage: Stage, image: MadeImage): string {
  const directory = layoutOf(stage, image);
  writeFileSync(join(directory, "index.json"), image.bytes);
  return directory;
}
