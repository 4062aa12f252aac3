import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { distributionRegistry } from "../src/distribution/registry.ts";
import { parseManifest } from "../src/registry/image.ts";
import { allOf } from "../src/registry/pages.ts";
import { writeLargeTree } from "./support/large-tree.ts";

const directory = mkdtempSync(join(tmpdir(), "tagwise-tree-"));
afterAll(() => rmSync(directory, { recursive: true }));

it("writes a tree in which everything resolves", async () => {
  const tree = writeLargeTree(directory, { repositories: 3, tags: 5, images: 2 });
  const registry = distributionRegistry(directory);
  expect(await allOf((page) => registry.listRepositories(page))).toEqual([...tree.repositories].sort());
  for (const repository of tree.repositories) {
    expect((await registry.listTags(repository)).items).toEqual(tree.tags);
    for (const tag of tree.tags) {
      const { config, layers } = parseManifest(await registry.getManifest(repository, tag));
      expect((await registry.resolve(repository, tag)).digest).toBe(tree.digestOf(tag));
      for (const { digest, size } of config === undefined ? layers : [config, ...layers]) {
        expect(await registry.statBlob(repository, digest)).toBe(size);
      }
    }
  }
});
