import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mediaTypes } from "../../src/registry/image.ts";
import { parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import { serving } from "../support/servers.ts";
import { setScene } from "./scene.ts";

const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

describe("nothing steers the terminal", () => {
  const scene = setScene();

  it.each(["text", "json", "jsonl"])("that a manifest says, with -o %s", async (output) => {
    const annotations = { says: "\u009b31mred\u009b2J\u007f\u202egnp.exe" };
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], annotations };
    const bytes = Buffer.from(JSON.stringify(index));
    const [repository, tag] = [parseRepositoryName("team/steering"), parseTag("v1")];
    await scene.registry().putManifest(repository, tag, { mediaType: mediaTypes.ociIndex, bytes });
    const { stdout } = await scene.tagwise(["inspect", `${scene.host()}/${repository}:v1`, "-o", output]);
    expect(stdout).toContain("gnp.exe");
    expect(stdout).not.toMatch(steering);
    if (output !== "text") expect(JSON.parse(stdout).annotations).toEqual(annotations);
  });

  it.each(["gitlab-container-registry-version", "server"])("that a registry says in its header %s", async (header) => {
    const version = `4\u009b2J${"9".repeat(5_000)}`;
    const { host } = await serving((_, answer) => {
      answer.setHeader(header, header === "server" ? `Nexus/${version.replace("\u009b2J", "")}` : version);
      answer.end("{}");
    });
    const { stdout } = await scene.tagwise(["doctor", `${host}/app`]);
    expect(stdout).toMatch(/^kind +(?:gitlab|nexus) 4\S{20,90}$/m);
    expect(stdout).not.toMatch(steering);
  });

  it("that lies in the journal", async () => {
    const journal = join(scene.home, "journal");
    mkdirSync(journal);
    writeFileSync(join(journal, "00000000000000000000000001.jsonl"), "\u009b2J\u001b]0;title\u0007\n");
    const { stdout } = await scene.tagwise(["history", "--journal", journal]);
    expect(stdout).toMatch(/^cannot read \S+: .*2J/m);
    expect(stdout).not.toMatch(steering);
  });
});
