import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { type DiskCache, diskCache } from "./disk-cache.ts";

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "tagwise-cache-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return join(path, "cache");
}

/** Bytes that tell which key they belong to. */
function bytesOf(key: string, length = 100): Uint8Array {
  return Buffer.from(`${key}|`.repeat(Math.ceil(length / (key.length + 1)))).subarray(0, length);
}

/** `toEqual` looks at each byte by itself, which takes seconds. */
function same(found: Uint8Array | undefined, bytes: Uint8Array): boolean {
  return found !== undefined && Buffer.compare(found, bytes) === 0;
}

async function sizeOf(directory: string): Promise<number> {
  const sizes = (await readdir(directory)).map(async (name) => (await stat(join(directory, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const megabyte = 1024 * 1024;

describe("diskCache()", () => {
  it("gives back what was put in, also to the next process", async () => {
    const directory = await folder();
    const first = diskCache(directory);
    expect(first.get("a")).toBeUndefined();
    first.set("a", bytesOf("a"));
    first.set("größe", bytesOf("b", 200_000));
    for (const cache of [first, diskCache(directory)]) {
      expect(same(cache.get("a"), bytesOf("a"))).toBe(true);
      expect(same(cache.get("größe"), bytesOf("b", 200_000))).toBe(true);
      expect(cache.get("c")).toBeUndefined();
    }
  });

  it("keeps any bytes under any keys", async () => {
    const directory = await folder();
    const entries = fc.uniqueArray(
      fc.tuple(fc.string({ unit: "grapheme", maxLength: 200 }), fc.uint8Array({ minLength: 1, maxLength: 2000 })),
      {
        selector: ([key]) => key,
        maxLength: 20,
      },
    );
    let run = 0;
    fc.assert(
      fc.property(entries, (list) => {
        const place = join(directory, String(run++));
        const cache = diskCache(place);
        for (const [key, bytes] of list) cache.set(key, bytes);
        const next = diskCache(place);
        for (const [key, bytes] of list) {
          expect(same(next.get(key), bytes)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is for nobody else to read", async () => {
    const directory = await folder();
    diskCache(directory).set("a", bytesOf("a"));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const [name = ""] = await readdir(directory);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  });

  it("stays within its limit", async () => {
    const directory = await folder();
    const cache = diskCache(directory, { limit: megabyte });
    for (let n = 0; n < 3000; n++) cache.set(`key ${n}`, bytesOf(`key ${n}`, 2000));
    expect(await sizeOf(directory)).toBeLessThanOrEqual(megabyte);
    expect(cache.get("key 2999")).toEqual(bytesOf("key 2999", 2000));
    expect(cache.get("key 0")).toBeUndefined();
    expect((await readdir(directory)).filter((name) => !name.endsWith(".pack"))).toEqual([]);
  });

  it("stays within 256 MiB where no limit is given", async () => {
    const directory = await folder();
    const cache = diskCache(directory);
    // of sixteen packs one is filled: its share is a sixteenth
    const together = Array.from({ length: 200 }, (_, n) => `${n}`)
      .filter((key) => crc32(key) % 16 === 0)
      .slice(0, 6);
    for (const key of together) cache.set(key, new Uint8Array(4 * megabyte));
    expect(await sizeOf(directory)).toBeLessThanOrEqual((256 / 16) * megabyte);
    expect(together.filter((key) => cache.get(key) !== undefined).length).toBeGreaterThan(1);
  });

  it("throws out first what was used longest ago, by any process", async () => {
    const directory = await folder();
    const options = { limit: megabyte };
    const dear = Array.from({ length: 20 }, (_, n) => `dear ${n}`);
    for (const key of dear) diskCache(directory, options).set(key, bytesOf(key, 500));
    for (let round = 0; round < 30; round++) {
      const cache = diskCache(directory, options);
      for (const key of dear) cache.get(key);
      for (let n = 0; n < 200; n++) cache.set(`cheap ${round} ${n}`, bytesOf("cheap", 1000));
    }
    const cache = diskCache(directory, options);
    expect(dear.filter((key) => cache.get(key) === undefined)).toEqual([]);
    expect(cache.get("cheap 0 0")).toBeUndefined();
  });

  it("takes nothing that would throw everything else out", async () => {
    const cache = diskCache(await folder(), { limit: megabyte });
    cache.set("large", new Uint8Array(megabyte / 2));
    expect(cache.get("large")).toBeUndefined();
  });

  it("gives the right bytes or none, however a pack is damaged", async () => {
    const directory = await folder();
    const cache = diskCache(directory);
    const keys = Array.from({ length: 200 }, (_, n) => `key ${n}`);
    for (const key of keys) cache.set(key, bytesOf(key));
    const [name = ""] = await readdir(directory);
    const file = join(directory, name);
    const whole = await readFile(file);
    const isRight = (damaged: DiskCache, key: string) => {
      const found = damaged.get(key);
      damaged.set(key, bytesOf(key));
      return (found === undefined || same(found, bytesOf(key))) && same(damaged.get(key), bytesOf(key));
    };
    const place = fc.nat(whole.length);
    const put = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(0, 10, whole.length), put, async (at, removed, bytes) => {
        await writeFile(file, Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + removed)]));
        const damaged = diskCache(directory);
        expect(keys.filter((key) => !isRight(damaged, key))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("never fails: a broken place holds nothing", async () => {
    const directory = await folder();
    await writeFile(directory, "a file where the folder should be");
    const cache = diskCache(directory);
    cache.set("a", bytesOf("a"));
    expect(cache.get("a")).toBeUndefined();
    const nested = diskCache(join(directory, "deeper"));
    nested.set("a", bytesOf("a"));
    expect(nested.get("a")).toBeUndefined();
  });

  it("never fails where packs are folders", async () => {
    const directory = await folder();
    for (let n = 0; n < 16; n++) await mkdir(join(directory, `${n.toString(16)}.pack`), { recursive: true });
    const cache = diskCache(directory);
    cache.set("a", bytesOf("a"));
    expect(cache.get("a")).toBeUndefined();
  });

  it("loses nothing to another process that made the pack smaller meanwhile", async () => {
    const directory = await folder();
    const options = { limit: megabyte };
    const patient = diskCache(directory, options);
    patient.set("first", bytesOf("first"));
    const other = diskCache(directory, options);
    for (let n = 0; n < 2000; n++) other.set(`key ${n}`, bytesOf("x", 2000));
    patient.set("second", bytesOf("second"));
    expect(diskCache(directory, options).get("second")).toEqual(bytesOf("second"));
  });

  it("removes what a process left that was ended in the middle", async () => {
    const directory = await folder();
    const cache = diskCache(directory, { limit: megabyte });
    cache.set("a", bytesOf("a"));
    const leftover = join(directory, "0.pack.1.x.tmp");
    await writeFile(leftover, "");
    await utimes(leftover, 0, 0);
    for (let n = 0; n < 2000; n++) cache.set(`key ${n}`, bytesOf("x", 2000));
    await expect(stat(leftover)).rejects.toThrow("ENOENT");
  });

  it("is safe for processes that write and throw out at once", async () => {
    const directory = await folder();
    const script = `
      import { diskCache } from ${JSON.stringify(new URL("./disk-cache.ts", import.meta.url).href)};
      const cache = diskCache(${JSON.stringify(directory)}, { limit: ${megabyte} });
      const bytes = (key) => Buffer.from((key + "|").repeat(100));
      let wrong = 0, found = 0;
      for (let n = 0; n < 2000; n++) {
        const key = "key " + (n % 700);
        const kept = cache.get(key);
        if (kept !== undefined) found++;
        if (kept !== undefined && !bytes(key).equals(kept)) wrong++;
        cache.set(key, bytes(key));
      }
      console.log(JSON.stringify({ wrong, found: found > 0 }));`;
    const outcomes = await Promise.all([run(script), run(script)]);
    expect(outcomes).toEqual([
      { wrong: 0, found: true },
      { wrong: 0, found: true },
    ]);
    expect(await sizeOf(directory)).toBeLessThanOrEqual(1.2 * megabyte);
  });
});

async function run(script: string): Promise<unknown> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = Buffer.concat(await child.stdout.toArray()).toString();
  return JSON.parse(output);
}
