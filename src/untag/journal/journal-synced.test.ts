import { type FileHandle, mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { parseDigest, parseRepositoryName } from "../../registry/names.ts";
import { parseRegistryPrefix } from "../../registry/reference.ts";
import { ulid } from "../../support/ulid.ts";
import { journalIn } from "./journal-file.ts";

/** A folder, and what lay in it at each sync of a file or of itself. */
async function watchedFolder() {
  const folder = await mkdtemp(join(tmpdir(), "tagwise-journal-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const handle = await open(folder);
  const handles: Pick<FileHandle, "sync"> = Object.getPrototypeOf(handle);
  await handle.close();
  const synced: { readonly what: "file" | "folder"; readonly texts: Readonly<Record<string, string>> }[] = [];
  const { sync } = handles;
  const spy = vi.spyOn(handles, "sync").mockImplementation(async function (this: FileHandle) {
    const what = (await this.stat()).isDirectory() ? "folder" : "file";
    synced.push({ what, texts: await textsIn(folder) });
    return sync.call(this);
  });
  onTestFinished(() => spy.mockRestore());
  return { folder, synced };
}

async function textsIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

const operation = ulid(Date.UTC(2026, 0, 1), new Uint8Array(16));
const digest = parseDigest(`sha256:${"a".repeat(64)}`);
const at = new Date(Date.UTC(2026, 0, 1));
const { registry } = parseRegistryPrefix("127.0.0.1:5000");

it("an operation is on the disk, whole and by its name, before anything is sent", async () => {
  const { folder, synced } = await watchedFolder();
  await journalIn(folder).begin({ operation, at, registry, repositories: [], manifests: new Map() });
  const name = `${operation}.jsonl`;
  const text = (await textsIn(folder))[name];
  const [draft, named, ...more] = synced;
  expect(draft?.what).toBe("file");
  expect(Object.values(draft?.texts ?? {})).toEqual([text]);
  expect(Object.keys(draft?.texts ?? {})).not.toContain(name); // half an operation never bears its name
  expect([named, more]).toEqual([{ what: "folder", texts: { [name]: text } }, []]);
});

it("a step is on the disk before it is taken", async () => {
  const { folder, synced } = await watchedFolder();
  const journal = journalIn(folder);
  await journal.begin({ operation, at, registry, repositories: [], manifests: new Map() });
  synced.length = 0;
  await journal.record(operation, { step: "sent", repository: parseRepositoryName("a"), digest });
  expect(synced).toEqual([{ what: "file", texts: await textsIn(folder) }]);
  expect(Object.values(await textsIn(folder))[0]).toContain('"sent"');
});
