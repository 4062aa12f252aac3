import { expect, it } from "vitest";
import { parseTag } from "../../src/registry/names.ts";
import { writeLargeTree } from "../support/large-tree.ts";
import { keys, newHome, openTerminal } from "../tui/terminal.ts";
import { digestAt, listedTags } from "./harness/contents.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { type MadeImage, newImage, newIndex, push, putManifest } from "./harness/images.ts";
import { memoryDirectory } from "./harness/memory-directory.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";

/** Far more than it takes: what is waited for may never come. */
const limit = { timeout: 300_000 };

describeWith(["docker-registry"], "browsing a real registry in the terminal UI", () => {
  const stage = openStage();

  it(
    "finds one of 5,000 repositories by a few letters, shows its tags at once, and the newest first when asked",
    limit,
    async () => {
      const storage = memoryDirectory(stage);
      writeLargeTree(storage, { repositories: 5_000, tags: 1, images: 1, history: false });
      const server = await startDockerRegistry(stage, { storage });
      await push(server, "shop/web", newImage({ created: "2026-02-01T00:00:00Z" }), ["a"]);
      await push(server, "shop/web", newImage({ created: "2026-09-01T00:00:00Z" }), ["b", "c"]);
      await push(server, "shop/web", newImage({ created: "2025-12-01T00:00:00Z" }), ["z"]);
      const ui = openTerminal(["ui", server.host], newHome());
      await ui.shows("Repositories 5001");
      await ui.press("/", ..."shweb");
      expect(ui.text()).toMatch(/1 of 5001.*shop\/web/s);
      ui.send(`${keys.enter}${keys.enter}`);
      await ui.shows(/2 shop\/web 4/);
      const order = () => ui.rows().flatMap((row) => /\b([abcz]) +(\d{4}-\d\d-\d\d) +\d/.exec(row)?.[1] ?? []);
      await ui.shows(/\ba +2026-02.*\bb +2026-09.*\bc +2026-09.*\bz +2025-12/s);
      await ui.press("s");
      expect(order()).toEqual(["b", "c", "a", "z"]);
      ui.send("q");
      expect(await ui.ended).toBe(0);
    },
  );

  it(
    "tells everything of the tag under the cursor, groups by manifest, and draws hostile labels harmlessly",
    limit,
    async () => {
      const server = await startDockerRegistry(stage);
      const hostile = "\u001b]0;owned\u0007\u001b[2J\u202egnp.exe\u200b";
      const image = newImage({ labels: { title: "容器映像標籤工具", hostile } });
      await push(server, "team/app", image, ["1.0", "latest", "stable"]);
      await push(server, "team/app", newIndex(), ["multi"]);
      await pushSignature(server, image);
      const ui = openTerminal(["ui", `${server.host}/team/app`], newHome());
      await ui.shows("team/app 5");
      await ui.shows("容器映像標籤工具");
      await ui.shows("\\u{1b}]0;owned\\u{7}");
      await ui.shows(image.digest.slice(0, 40));
      await ui.shows(
        /kind +image.*created +2026-01-01.*size +\d+B? .*platforms +linux\/amd64.*2 siblings on this manifest.*latest.*stable.*1 layer.*sha256:[0-9a-f]{12} +\d+B.*labels.*1 referrer/s,
      );
      expect(ui.bytes()).not.toContain("owned\u0007");
      expect(ui.bytes()).not.toMatch(/[\u202e\u200b]/);
      const edges = ui.rows().filter((row) => /title = |hostile = /.test(row));
      expect(edges.map((row) => row.endsWith("│"))).toEqual([true, true]);

      await ui.press("j", "j"); // the index
      expect(ui.text()).toMatch(/kind +index.*linux\/amd64.*linux\/arm64.*3 child manifests.*attestation/s);
      await ui.press("b");
      await ui.shows(/sha256:[0-9a-f]{12} {2}3 tags.* 1\.0 .* latest .* stable .*1 tag/s);
      ui.send("q");
      expect(await ui.ended).toBe(0);
    },
  );

  it("opens a repository of 100,000 tags, filters it, and removes one and puts it back", limit, async () => {
    const storage = memoryDirectory(stage);
    const { repositories, digestOf, tags } = writeLargeTree(storage, {
      repositories: 1,
      tags: 100_000,
      images: 10,
      history: false,
    });
    const [repository = ""] = repositories;
    const server = await startDockerRegistry(stage, { storage });
    const ui = openTerminal(["ui", `${server.host}/${repository}`], newHome());
    await ui.shows(`${repository} 100000`);
    await ui.press("G", "g", "/", ..."0.77777", keys.enter);
    expect(ui.text()).toMatch(/1 of 100000.*v1\.0\.77777 /s);
    ui.send("d");
    await ui.shows("p: proof by the listing alone");
    ui.send("p");
    await ui.shows("1 tag to remove");
    await ui.press("y");
    await ui.shows("1 removed");
    expect(await listedTags(server, repository)).toEqual(tags.filter((tag) => tag !== "v1.0.77777").toSorted());
    await ui.press("u");
    await ui.shows("1 restored");
    expect(await listedTags(server, repository)).toEqual(tags.toSorted());
    expect(await digestAt(server, repository, "v1.0.77777")).toBe(digestOf(parseTag("v1.0.77777")));
    ui.send("qq");
    expect(await ui.ended).toBe(0);
  });
});

/** As cosign writes it where a registry lists no referrers: an index under the tag that the subject's digest spells. */
async function pushSignature(server: RegistryServer, subject: MadeImage): Promise<void> {
  const signature = newImage({ subject });
  await push(server, "team/app", signature);
  const { mediaType, digest, bytes } = signature;
  const manifests = [
    { mediaType, digest, size: bytes.length, artifactType: "application/vnd.dev.cosign.artifact.sig.v1+json" },
  ];
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
  const encoded = new TextEncoder().encode(JSON.stringify(index));
  await putManifest(server, "team/app", subject.digest.replace(":", "-"), {
    mediaType: index.mediaType,
    bytes: encoded,
    digest: "",
  });
}
