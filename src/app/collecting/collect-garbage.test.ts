import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { dyingDriver, killed } from "../../../test/suites/failing-driver.ts";
import { chanceFrom, plantRandomTree } from "../../../test/support/random-tree.ts";
import { reachableFiles } from "../../../test/support/reachable.ts";
import { storageTree } from "../../../test/support/storage-tree.ts";
import { storedFilesIn } from "../../../test/support/stored-files.ts";
import type { StorageDriver } from "../../distribution/drivers/driver.ts";
import { filesystemDriver } from "../../distribution/drivers/filesystem.ts";
import { asideFolder, asidePath, collectionsFolder } from "../../distribution/own-paths.ts";
import { layerFolder, linkIn, revisionFolder } from "../../distribution/paths.ts";
import { hasCode } from "../../registry/errors.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import { type Collection, type CollectOptions, collectGarbage } from "./collect-garbage.ts";
import { collectorRuns, purgeCollection, restoreCollection } from "./collector-runs.ts";

const scratch = mkdtempSync(join(tmpdir(), "tagwise-collect-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
const newDirectory = () => join(scratch, `${++count}`);

describe("a collection", () => {
  it("takes nothing that a tag leads to, on any tree, and what it cannot understand stops it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, untagged) => {
        const directory = newDirectory();
        plantRandomTree(directory, chanceFrom(seed));
        const before = storedFilesIn(directory);
        const reachable = reachableFiles(directory);
        const collection = await collect(directory, {
          untagged,
          tidy: new Set(["layer-links", "history", "uploads"]),
        }).catch((error: unknown) => error);
        if (isRefusal(collection)) {
          expect(storedFilesIn(directory)).toEqual(before);
          return;
        }
        if (collection instanceof Error) throw collection;
        expect([...reachable].filter((path) => !existsSync(join(directory, path)))).toEqual([]);
        const after = new Set(storedFilesIn(directory));
        expect(lostOf(directory, before, after)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it("that is killed at any change leaves a tree that the next run understands, and a restore makes whole", async () => {
    const planted = (directory: string) => {
      const tree = storageTree(directory);
      const kept = tree.image("a", { layers: ["base", "kept"] });
      tree.tag("a", "kept", tree.index("a", [kept]));
      for (const name of ["one", "two", "three"]) tree.image("a", { layers: ["base", name], config: name });
      tree.tag("b", "kept", tree.image("b", { layers: ["base"], config: "b" }));
      for (const name of ["four", "five"]) tree.blob(name);
    };
    for (let changes = 1; ; changes++) {
      const directory = newDirectory();
      planted(directory);
      const before = storedFilesIn(directory);
      const reachable = reachableFiles(directory);
      const dying = dyingDriver(filesystemDriver(directory), changes);
      const ended = await collect(directory, { untagged: true }, dying).catch((error: unknown) => error);
      const isKilled = ended === killed || (ended instanceof Error && ended.cause === killed);
      expect([...reachable].filter((path) => !existsSync(join(directory, path)))).toEqual([]);
      const next = await collect(directory, { untagged: true });
      expect([...reachable].filter((path) => !existsSync(join(directory, path)))).toEqual([]);
      const runs = readdirSync(join(directory, collectionsFolder));
      for (const run of runs) await restoreCollection(storeAt(directory), run, work);
      expect(storedFilesIn(directory)).toEqual(before);
      expect(next.cutOff.length).toBeLessThanOrEqual(1);
      if (!isKilled) break;
    }
  });

  it("that is killed is closed by the next one with the numbers of what lies aside, not of what it had planned", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    tree.tag("a", "kept", tree.image("a", { layers: ["kept"] }));
    tree.image("a", { layers: ["one", "two", "three"], config: "untagged" });
    // its record, its links, three times what is in use again (nothing), and then half of its five blobs
    await expect(collect(directory, { untagged: true }, dyingDriver(filesystemDriver(directory), 6))).rejects.toThrow();
    const { cutOff } = await collect(directory, { untagged: true });
    const [run, ...others] = await collectorRuns(storeAt(directory));
    const aside = storedFilesIn(join(directory, asideFolder(run?.run ?? "")));
    const blobs = aside.filter((file) => file.includes("/blobs/"));
    const bytes = blobs.reduce((sum, file) => sum + statSync(file).size, 0);
    expect([cutOff, others.length]).toEqual([[run?.run], 1]);
    expect(run).toMatchObject({ state: "swept", manifests: 1, layerLinks: 4, blobs: 2, bytes });
    expect(blobs).toHaveLength(2);
  });

  it("that is interrupted before a blob went puts the links back, and has changed nothing", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    tree.image("a", { layers: ["untagged"] });
    tree.tag("a", "kept", tree.image("a", { layers: ["kept"], config: "kept" }));
    const before = storedFilesIn(directory);
    const stopping = new AbortController();
    const emit: CollectOptions["emit"] = ({ phase }) => phase === "unlinking" && stopping.abort(new Error("stopped"));
    const ended = collect(directory, { untagged: true, emit, signal: stopping.signal });
    await expect(ended).rejects.toThrow("stopped");
    expect(storedFilesIn(directory)).toEqual(before);
  });

  it("gives back what was pushed again on a stale cache: links that came anew, and no bytes", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    const image = tree.image("a", { layers: ["layer"], config: "of the image" });
    tree.tag("a", "other", tree.image("a", { layers: ["other"] }));
    const { swept } = await collect(directory, { untagged: true });
    expect(swept?.blobs).toHaveLength(3);
    tree.revision("a", image); // the registry wrote its links, and believed its cache about the bytes
    tree.tag("a", "again", image);
    const run = swept?.run.run ?? "";
    const { restored, deleted } = await purgeCollection(storeAt(directory), run, work);
    expect(restored.length).toBeGreaterThanOrEqual(4);
    expect(deleted).toBe(1); // the old link: the new one is in its place
    const { plan } = await collect(directory, { untagged: true });
    expect(plan.missing).toEqual([]);
    expect(plan.blobs).toEqual([]);
  });

  it("brings a link back from the run that has it: another had it before, and the folder is left of that", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    tree.tag("a", "latest", tree.image("a", { layers: ["one", "other"] }));
    const links = ["one", "other"].map((content) => linkIn(layerFolder(parseRepositoryName("a"), tree.blob(content))));
    // each of two runs has one of the links and the folder of the other, so that no order of listing hides a mistake
    for (const [place, link] of links.entries()) {
      for (const [number, run] of ["01JD0000000000000000000000", "01JE0000000000000000000000"].entries()) {
        const aside = join(directory, asidePath(run, link));
        mkdirSync(dirname(aside), { recursive: true });
        if (number === place) renameSync(join(directory, link), aside);
      }
    }
    const { restored } = await collect(directory, {});
    expect([...restored].sort()).toEqual([...links].sort());
    expect(links.filter((link) => !existsSync(join(directory, link)))).toEqual([]);
  });

  it("takes exactly what nothing leads to, however many blobs there are", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    for (let number = 0; number < 20; number++) {
      tree.tag("a", `v${number}`, tree.image("a", { layers: [`layer ${number}`], config: { number } }));
    }
    const nobodys = new Set<string>();
    for (let number = 0; number < 150; number++) {
      nobodys.add(tree.blob(`nobody's ${number}`));
      const { plan, survey } = await collect(directory, { untagged: true, dryRun: true });
      expect(new Set(plan.blobs.map(({ digest }) => survey.snapshot.digests.digestAt(digest)))).toEqual(nobodys);
    }
  });

  it("keeps what both may mean where the link of one manifest holds the digest of another", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    const [one, other] = [["one"], ["other"]].map((layers) => tree.image("a", { layers, config: layers }));
    if (one === undefined || other === undefined) throw new Error("there are two images");
    tree.tag("a", "latest", one);
    tree.write(linkIn(revisionFolder(parseRepositoryName("a"), one)), other);
    const nobodys = tree.blob("nobody's");
    const { plan, survey } = await collect(directory, { untagged: true, dryRun: true });
    expect(plan.blobs.map(({ digest }) => survey.snapshot.digests.digestAt(digest))).toEqual([nobodys]);
  });

  it("that deletes at once leaves nothing to restore, and its record goes on to say so", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    tree.tag("a", "latest", tree.image("a", { layers: ["kept"] }));
    tree.blob("nobody's");
    const { swept } = await collect(directory, { quarantine: false });
    const { run, restored } = await restoreCollection(storeAt(directory), swept?.run.run ?? "", work);
    expect([run.state, restored]).toEqual(["deleted", []]);
  });

  it("leaves what is younger than the grace, wherever it is young", async () => {
    const directory = newDirectory();
    const tree = storageTree(directory);
    const fresh = storageTree(directory, { written: new Date() });
    tree.tag("a", "kept", tree.image("a", { layers: ["kept"] }));
    fresh.blob("young bytes");
    fresh.layer("a", tree.blob("young link"));
    tree.layer("busy", tree.blob("busy repository"));
    fresh.upload("busy", "0f0e", new Date());
    fresh.revision(
      "a",
      tree.blob(JSON.stringify({ schemaVersion: 2, layers: [{ digest: tree.blob("under young") }] })),
    );
    const old = tree.blob("old");
    const { plan, survey } = await collect(directory, { untagged: true, dryRun: true, grace: 60_000 });
    expect(plan.blobs.map(({ digest }) => survey.snapshot.digests.digestAt(digest))).toEqual([old]);
    expect(plan.young).toBe(3);
  });
});

const work: Pick<CollectOptions, "clock" | "locks" | "emit"> = {
  clock: { now: () => new Date(), ticks: () => performance.now(), sleep: async () => {} },
  locks: [join(scratch, "locks")],
  emit() {},
};

function storeAt(directory: string, driver: StorageDriver = filesystemDriver(directory)) {
  return { driver, name: directory, kind: "filesystem", cache: undefined } as const;
}

function collect(directory: string, options: Partial<CollectOptions>, driver?: StorageDriver): Promise<Collection> {
  return collectGarbage(storeAt(directory, driver), {
    ...work,
    grace: 3_600_000,
    untagged: false,
    tidy: new Set(),
    dryRun: false,
    quarantine: true,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    confirm: async () => true,
    ...options,
  });
}

function isRefusal(error: unknown): boolean {
  return hasCode(error, "UNKNOWN") && error.said === "NOT_UNDERSTOOD";
}

/** Files that are neither where they were nor set aside. */
function lostOf(directory: string, before: readonly string[], after: ReadonlySet<string>): readonly string[] {
  const aside = join(directory, collectionsFolder);
  const runs = existsSync(aside) ? readdirSync(aside) : [];
  const isAside = (file: string) =>
    runs.some((run) => existsSync(join(aside, run, "aside", file.slice(directory.length + 1))));
  return before.filter((file) => !after.has(file) && !isAside(file));
}
