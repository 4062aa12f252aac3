import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StorageDriver, Walked, WalkOptions } from "../../src/distribution/drivers/driver.ts";
import { knownFolders } from "../../src/distribution/paths.ts";

export interface DriverSubject {
  readonly driver: StorageDriver;
  readonly close: () => Promise<void>;
}

const text = (content: string) => new TextEncoder().encode(content);
const read = async (driver: StorageDriver, path: string) => {
  const bytes = await driver.read(path);
  return bytes && new TextDecoder().decode(bytes);
};

/** The laws of a place that keeps files, wherever it is. */
export function describeDriver(name: string, open: () => Promise<DriverSubject>): void {
  describe(`${name} as a storage driver`, () => {
    let subject: DriverSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());
    const write = (files: Readonly<Record<string, string>>) =>
      subject.driver.write(Object.entries(files).map(([path, content]) => ({ path, bytes: text(content) })));

    it("reads what was written, whole, in parts, and over what was there", async () => {
      const { driver } = subject;
      await write({ "a/one": "first" });
      await write({ "a/one": "0123456789" });
      expect(await read(driver, "a/one")).toBe("0123456789");
      expect((await driver.stat("a/one"))?.size).toBe(10);
      const parts: Uint8Array[] = [];
      for await (const part of driver.stream("a/one", { first: 2, last: 4 })) parts.push(part);
      expect(Buffer.concat(parts).toString()).toBe("234");
    });

    it("writes the files of a folder that is new, and into one that is there", async () => {
      const { driver } = subject;
      const folder = "folder/own";
      const fileAt = (path: string, content: string) => ({ path: `${folder}/${path}`, bytes: text(content) });
      await driver.write([{ folder, files: [fileAt("a/b", "one"), fileAt("c", "two")] }]);
      await driver.write([{ folder, files: [fileAt("c", "three"), fileAt("d/e", "four")] }]);
      const found = await walked(driver, "folder");
      expect(found.map(({ path }) => path).sort()).toEqual(["a/b", "c", "d/e"].map((path) => `${folder}/${path}`));
      expect([await read(driver, `${folder}/a/b`), await read(driver, `${folder}/c`)]).toEqual(["one", "three"]);
    });

    it("has nothing where nothing is: no file, no names, no walk", async () => {
      const { driver } = subject;
      expect(await driver.read("nothing/here")).toBeUndefined();
      expect(await driver.stat("nothing/here")).toBeUndefined();
      expect(await driver.list("nothing")).toEqual([]);
      expect(await walked(driver, "nothing")).toEqual([]);
      expect(await driver.readAll(["nothing/here"])).toEqual([undefined]);
      expect(await driver.statAll(["nothing/here"])).toEqual([undefined]);
      expect(await driver.delete("nothing/here")).toBe(false);
    });

    it("lists the names directly in a folder, and no more", async () => {
      await write({ "list/b/c": "", "list/a": "1", "list-other": "2" });
      expect([...(await subject.driver.list("list"))].sort()).toEqual(["a", "b"]);
    });

    it("walks every file below a folder, with size and time", async () => {
      const files = Object.fromEntries(
        Array.from({ length: 1_100 }, (_, n) => [`walk/${n % 7}/${n % 3}/${n}`, `${n}`]),
      );
      await write({ ...files, "walk-beside/x": "x" });
      const found = await walked(subject.driver, "walk");
      expect(found.map(({ path }) => path).sort()).toEqual(Object.keys(files).sort());
      expect(found.every(({ path, facts }) => facts?.size === path.slice(path.lastIndexOf("/") + 1).length)).toBe(true);
      expect(found.every(({ facts }) => Math.abs(Date.now() - (facts?.modified.getTime() ?? 0)) < 600_000)).toBe(true);
    });

    it("reads many small files at once, in their order: some empty, some large, some missing", async () => {
      const names = Array.from({ length: 300 }, (_, number) => `many/${number}`);
      const contentOf = (place: number) => `${place}`.repeat(place === 7 ? 100_000 : place % 3);
      const there = [...names.entries()].filter(([place]) => place % 50 !== 49);
      await write(Object.fromEntries(there.map(([place, name]) => [name, contentOf(place)])));
      const found = await subject.driver.readAll(names);
      const expected = names.map((_, place) => (place % 50 === 49 ? undefined : contentOf(place)));
      expect(found.map((bytes) => bytes && new TextDecoder().decode(bytes))).toEqual(expected);
    });

    it("tells of a folder whose files are known no more than those", async () => {
      const hex = "ab".repeat(32);
      const repository = `docker/registry/v2/repositories/team/${hex}`;
      const files = [
        `${repository}/_layers/sha256/${hex}/link`,
        `${repository}/_manifests/tags/v1/current/link`,
        `${repository}/_manifests/revisions/sha256/${hex}/link`,
        `docker/registry/v2/blobs/sha256/ab/${hex}/data`,
      ];
      const others = [
        `${repository}/_manifests/tags/v1/index/sha256/${hex}/link`,
        `${repository}/_layers/sha256/${hex}/link.0.tmp`,
      ];
      await write(Object.fromEntries([...files, ...others].map((path) => [path, "x"])));
      const found = await walked(subject.driver, "docker", (path) => knownFolders(path));
      expect(found.map(({ path }) => path).sort()).toEqual([...files].sort());
    });

    it("moves many files, over what is there, and tells which were there", async () => {
      const { driver } = subject;
      await write({ "from/a": "a", "from/b": "b", "to/a": "old" });
      const moves = ["a", "b", "gone"].map((name) => ({ from: `from/${name}`, to: `to/${name}` }));
      expect(await driver.moveAll(moves)).toEqual(moves.slice(0, 2));
      expect(await read(driver, "to/a")).toBe("a");
      expect(await walked(driver, "from")).toEqual([]);
      await driver.move("to/b", "to/c");
      expect(await read(driver, "to/c")).toBe("b");
    });

    it("deletes a file, a whole folder, and many files of which some are gone", async () => {
      const { driver } = subject;
      await write({ "gone/a/b": "", "gone/c": "", "gone-not": "stays" });
      await driver.deleteAll(["gone/c", "gone/d"]);
      expect(await driver.stat("gone/c")).toBeUndefined();
      expect(await driver.delete("gone")).toBe(true);
      expect(await walked(driver, "gone")).toEqual([]);
      expect(await read(driver, "gone-not")).toBe("stays");
    });

    it("prunes folders that hold no file, and leaves every file", async () => {
      const { driver } = subject;
      await write({ "prune/a/b/file": "stays", "prune/c/file": "goes" });
      await driver.deleteAll(["prune/c/file"]);
      await driver.prune("prune");
      expect(await driver.list("prune")).toEqual(["a"]);
      expect(await read(driver, "prune/a/b/file")).toBe("stays");
    });

    it("adds to the end of a file", async () => {
      const { driver } = subject;
      for (const chunk of ["one", "two"]) await driver.append("append/file", chunks(chunk));
      expect(await read(driver, "append/file")).toBe("onetwo");
    });
  });
}

async function walked(
  driver: StorageDriver,
  folder: string,
  known: WalkOptions["known"] = () => undefined,
): Promise<readonly Walked[]> {
  const found: Walked[] = [];
  for await (const batch of driver.walk(folder, { known })) found.push(...batch);
  return found.filter(({ path }) => !path.endsWith("/"));
}

async function* chunks(content: string): AsyncGenerator<Uint8Array> {
  yield text(content);
}
