import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import { serving } from "../support/servers.ts";
import { setScene } from "./scene.ts";

const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);

describe("what only reads", () => {
  const scene = setScene();

  it.each(["ls", "tags", "inspect", "doctor", "recover"])(
    "%s ends at once by a signal, whatever it waits for",
    async (command) => {
      const server = createServer().listen(0, "127.0.0.1"); // takes connections and never answers
      onTestFinished(() => void server.close());
      await once(server, "listening");
      const sockets: Socket[] = [];
      const asked = new Promise((resolve) =>
        server.on("connection", (socket) => {
          sockets.push(socket);
          socket.once("data", resolve);
        }),
      );
      const place = `127.0.0.1:${(server.address() as AddressInfo).port}${command === "ls" ? "" : "/team/app"}`;
      const { code, stderr } = await scene.tagwise([command, place], { interrupt: { at: asked, by: "SIGINT" } });
      for (const socket of sockets) socket.destroy();
      expect(code).toBe(130);
      expect(stderr).toContain("interrupted; nothing was changed");
      const tidies = "once more to stop at once (tagwise recover then tidies up)";
      if (command === "recover") expect(stderr).toContain(tidies);
      else expect(stderr, "there is nothing to tidy up").not.toContain("once more");
    },
  );
});

describe("ls", () => {
  const scene = setScene({ behaveLike: "distribution2" });
  const all = ["charts/shop", "team/alpine", "team/api", "team/shop"];

  it.each([
    ["text", "", all.map((name) => `${name}\n`).join("")],
    [
      "jsonl",
      "/team",
      all
        .slice(1)
        .map((repository) => `${JSON.stringify({ repository })}\n`)
        .join(""),
    ],
    ["text", "/team/shop", "team/shop\n"],
    ["text", "/tea", ""],
  ])("-o %s of HOST%s", async (output, prefix, stdout) => {
    const run = await scene.tagwise(["ls", scene.host() + prefix, "-o", output]);
    expect(run).toMatchObject({ code: 0, stdout });
    expect(run.stderr).toBe(stdout === "" ? `${scene.host()} has no repository tea and none below it.\n` : "");
  });

  it("-o json", async () => {
    const { stdout } = await scene.tagwise(["ls", scene.host(), "-o", "json"]);
    expect(JSON.parse(stdout)).toEqual({ registry: scene.host(), repositories: all });
  });

  it("says what to do where there is no catalog", async () => {
    const { host } = await serving(({ url }, answer) => void answer.writeHead(url === "/v2/" ? 200 : 404).end());
    const { code, stdout } = await scene.tagwise(["ls", host, "-o", "json"]);
    const error = { message: expect.stringContaining("does not list its repositories"), code: "UNSUPPORTED" };
    expect([code, JSON.parse(stdout)]).toMatchObject([
      1,
      { error: { ...error, next: expect.stringContaining("tagwise tags HOST/REPOSITORY") } },
    ]);
  });
});

describe("tags", () => {
  const scene = setScene();
  const shop = () => `${scene.host()}/team/shop`;

  it("-o json has the shape of the contract", async () => {
    const { code, stdout } = await scene.tagwise(["tags", shop(), "-o", "json"]);
    const document = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual(["repository", "tags"]);
    expect(document.repository).toBe(shop());
    expect(document.tags.find(({ tag }: { tag: string }) => tag === "1.4")).toEqual({
      tag: "1.4",
      digest,
      mediaType: "application/vnd.oci.image.index.v1+json",
      kind: "index",
      size: expect.any(Number),
      created: "2026-11-03T14:30:00.000Z",
      platforms: ["linux/amd64", "linux/arm64/v8"],
      siblings: ["1.4.0", "latest"],
    });
  });

  it("the second run reads no manifest by digest and no config", async () => {
    scene.requests();
    const first = await scene.tagwise(["tags", `${scene.host()}/team/api`, "-o", "json"]);
    const read = () => scene.requests().filter((request) => /manifests\/sha256:|\/blobs\//.test(request));
    const sent = read();
    expect(sent).toHaveLength(6); // three distinct manifests, three configs
    expect(new Set(sent).size).toBe(sent.length);
    const second = await scene.tagwise(["tags", `${scene.host()}/team/api`, "-o", "json"]);
    expect(read()).toEqual([]);
    expect(second.stdout).toBe(first.stdout);
    await scene.tagwise(["tags", `${scene.host()}/team/api`, "--no-cache"]);
    expect(read()).toHaveLength(6);
  });

  it("--fast sends one HEAD a tag", async () => {
    scene.requests();
    const { stdout } = await scene.tagwise(["tags", `${scene.host()}/team/alpine`, "--fast", "-o", "json"]);
    expect(JSON.parse(stdout).tags).toEqual(["3.21", "3.22", "latest", "test1"].map((tag) => ({ tag, digest })));
    const methods = scene.requests().filter((request) => !request.endsWith("/v2/"));
    expect(methods.map((request) => request.split(" ")[0]).sort()).toEqual(["GET", "HEAD", "HEAD", "HEAD", "HEAD"]);
  });

  it.each([
    [[], ["3.21", "3.22", "latest", "test1"]],
    [["--reverse"], ["test1", "latest", "3.22", "3.21"]],
    [
      ["--sort", "created", "--reverse"],
      ["3.22", "latest", "test1", "3.21"],
    ],
    [
      ["--sort", "created", "-o", "jsonl"],
      ["3.21", "3.22", "latest", "test1"],
    ],
  ])("%j", async (flags, expected) => {
    const { stdout } = await scene.tagwise(["tags", `${scene.host()}/team/alpine`, "-o", "json", ...flags]);
    const tags = flags.includes("jsonl")
      ? stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
      : JSON.parse(stdout).tags;
    expect(tags.map(({ tag }: { tag: string }) => tag)).toEqual(expected);
  });

  it("-o jsonl is a tag a line, without siblings", async () => {
    const { stdout } = await scene.tagwise(["tags", `${scene.host()}/charts/shop`, "-o", "jsonl"]);
    expect(JSON.parse(stdout)).toEqual({
      tag: "1.4.0",
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      kind: "artifact",
      size: expect.any(Number),
      created: null,
      platforms: [],
    });
  });

  it("as text shows who shares a manifest", async () => {
    const { stdout } = await scene.tagwise(["tags", shop()]);
    expect(stdout).toMatch(/^TAG +DIGEST +KIND +SIZE +CREATED +PLATFORMS +SIBLINGS\n/);
    expect(stdout).toMatch(
      /^latest +sha256:[0-9a-f]{12} +index +\d+ kB +.*linux\/amd64, linux\/arm64\/v8 +1\.4, 1\.4\.0$/m,
    );
  });
});

describe("inspect", () => {
  const scene = setScene();

  it("-o json of an image", async () => {
    const { stdout } = await scene.tagwise(["inspect", `${scene.host()}/team/alpine`, "-o", "json"]);
    expect(JSON.parse(stdout)).toEqual({
      repository: `${scene.host()}/team/alpine`,
      reference: "latest",
      digest,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      kind: "image",
      size: expect.any(Number),
      annotations: {},
      config: {
        digest,
        created: "2026-10-02T08:00:00.000Z",
        platform: "linux/amd64",
        labels: expect.objectContaining({ "org.opencontainers.image.version": "3.22" }),
      },
      layers: [0, 1].map(() => ({ digest, size: expect.any(Number), mediaType: expect.stringContaining("tar+gzip") })),
      siblings: ["3.22", "test1"],
      referrers: [],
    });
  });

  it("-o json of an index with a signature", async () => {
    const { stdout } = await scene.tagwise(["inspect", `${scene.host()}/team/shop:1.4`, "-o", "json"]);
    const document = JSON.parse(stdout);
    expect(document).not.toHaveProperty("layers");
    expect(document).not.toHaveProperty("config");
    expect(document.manifests.map(({ platform }: { platform: string }) => platform)).toContain("linux/arm64/v8");
    expect(document.referrers).toEqual([
      { digest, artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json", size: expect.any(Number) },
    ]);
  });

  it("never shows from the cache what is gone", async () => {
    const repository = parseRepositoryName("team/alpine");
    const gone = await scene.registry().resolve(repository, parseTag("3.21"));
    const reference = `${scene.host()}/team/alpine@${gone.digest}`;
    expect((await scene.tagwise(["inspect", reference])).code).toBe(0);
    await scene.registry().deleteManifest(repository, gone.digest);
    const { code, stderr } = await scene.tagwise(["inspect", reference]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not there/);
  });
});

describe("registry and demo", () => {
  const scene = setScene();

  it("the demo shows the problem and the answer, and ends by itself", async () => {
    const { code, stdout } = await scene.tagwise(["demo"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/The problem[\s\S]*DELETE \S+ → 202[\s\S]*latest is gone too[\s\S]*The answer/);
    expect(stdout).toMatch(/test1 +removed[\s\S]*Proven:[\s\S]*latest stands[\s\S]*test1 +restored/);
    expect(scene.requests()).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "the registry says where it listens and ends in good order on %s",
    async (by) => {
      const run = await scene.tagwise(["registry", "--addr", "127.0.0.1:0"], { interrupt: { at: /:\d+\n/, by } });
      expect(run).toEqual({ code: 0, stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*\n$/), stderr: "" });
    },
  );
});
