import { beforeAll, expect, it } from "vitest";
import { type ClientName, clientsOf } from "./harness/clients.ts";
import { listedTags, tagsOf } from "./harness/contents.ts";
import { type DockerEngine, startDockerEngine } from "./harness/docker-engine.ts";
import { htpasswdFile } from "./harness/docker-registry.ts";
import { startEmbeddedHere } from "./harness/embedded-here.ts";
import { type MadeImage, newImage, newIndex } from "./harness/images.ts";
import { ask, type RegistryServer } from "./harness/registry-server.ts";
import { succeed } from "./harness/run.ts";
import { describeWith, openStage } from "./harness/suite.ts";

const credentials = { username: "somebody", password: "a long password: with a colon" };
const programs = ["dockerd", "docker", "skopeo", "crane", "regctl", "htpasswd"];

describeWith(programs, "the clients of others on the embedded registry", () => {
  const stage = openStage();
  let engine: DockerEngine;
  const servers: Record<string, RegistryServer> = {};

  beforeAll(async () => {
    engine = await startDockerEngine(stage);
    servers.memory = await startEmbeddedHere(stage);
    servers.directory = await startEmbeddedHere(stage, { storage: stage.newDirectory("storage") });
    const htpasswd = await htpasswdFile(stage, `${stage.newDirectory("passwords")}/htpasswd`, credentials);
    servers["behind a password"] = { ...(await startEmbeddedHere(stage, { htpasswd })), credentials };
  });

  const names: readonly ClientName[] = ["docker", "skopeo", "crane", "regctl"];
  const cases = ["memory", "directory", "behind a password"].flatMap((where) =>
    names.map((name) => [name, where] as const),
  );

  it.each(cases)("%s pushes to and pulls from %s", async (name, where) => {
    const server = serverOf(where);
    const client = clientsOf(stage, server, engine)[name];
    const repository = `clients/${name}`;
    const images: Readonly<Record<string, MadeImage>> = {
      image: newImage(),
      ...(name !== "docker" && { index: newIndex() }), // an engine keeps no index of its own
    };
    for (const [tag, image] of Object.entries(images)) {
      const reference = `${server.host}/${repository}:${tag}`;
      const digest = await client.push(reference, image);
      if (name !== "docker") expect(digest).toBe(image.digest);
      expect(await tagsOf(server, repository)).toMatchObject({ [tag]: digest });
      expect(await client.pull(reference)).toBe(digest);
    }
    expect(await listedTags(server, repository)).toEqual(Object.keys(images));
    process.stdout.write(`${name}, ${where}: ${Object.keys(images).length} images pushed and pulled\n`);
  });

  it("turns away whom it does not know", async () => {
    const server = serverOf("behind a password");
    const passwords = ["wrong", ""];
    for (const password of passwords) {
      const stranger = { ...server, credentials: { ...credentials, password } };
      expect((await ask(stranger, "GET", "/v2/")).status).toBe(401);
    }
    expect((await ask({ origin: server.origin }, "GET", "/v2/")).headers["www-authenticate"]).toMatch(/^Basic realm=/);
    process.stdout.write(`${passwords.length + 1} strangers turned away\n`);
  });

  it("lists referrers to regctl, and removes one tag for crane and for regctl", async () => {
    const server = serverOf("directory");
    const { skopeo } = clientsOf(stage, server, engine);
    const [image, repository] = [newImage(), `${server.host}/referred`];
    for (const tag of ["a", "b", "c"]) await skopeo.push(`${repository}:${tag}`, image);
    const host = ["--host", `reg=${server.host},tls=disabled`];
    const artifact = ["artifact", "put", "--artifact-type", "application/vnd.test", "--subject", `${repository}:a`];
    await succeed(stage, "regctl", [...host, ...artifact], { input: "about it" });
    const found = await succeed(stage, "regctl", [...host, "artifact", "list", `${repository}:a`]);
    expect(found).toContain("application/vnd.test");

    await succeed(stage, "crane", ["delete", `${repository}:a`]);
    await succeed(stage, "regctl", [...host, "tag", "delete", `${repository}:b`]);
    expect(await tagsOf(server, "referred")).toEqual({ c: image.digest });
    process.stdout.write("1 referrer listed, 2 of 3 tags removed by crane and regctl\n");
  });

  function serverOf(where: string): RegistryServer {
    const server = servers[where];
    if (server === undefined) throw new Error(`no server ${where}`);
    return server;
  }
});
