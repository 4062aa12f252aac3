import { appendFile, chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isDigest } from "../../src/registry/names.ts";
import { undoableTags } from "../../src/untag/journal/journal.ts";
import { type Disk, journalIn, syncedDisk } from "../../src/untag/journal/journal-file.ts";
import { app, other } from "../suites/registry/contents.ts";
import { audit, standingsOf } from "../suites/untag/audit.ts";
import { chosen, furnish } from "../suites/untag/scene.ts";
import { openStage, type Stage, temporary } from "../suites/untag/stage.ts";

/** A disk that is full from its nth write on, for so many writes; of each there is room for a part. */
function filling(nth: number, writes: number): Disk & { readonly refused: () => number } {
  let count = 0;
  let refused = 0;
  const isFull = () => ++count >= nth && count < nth + writes;
  const full = async (path: string, text: string): Promise<never> => {
    refused++;
    await appendFile(path, text.slice(0, text.length / 2));
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  return {
    refused: () => refused,
    create: (path, text) => (isFull() ? full(`${path}.tmp`, text) : syncedDisk.create(path, text)),
    append: (path, text) => (isFull() ? full(path, text) : syncedDisk.append(path, text)),
  };
}

/** What was sent to the registry and would change a repository. */
function changesOf({ calls }: Stage): readonly string[] {
  return calls.flatMap(({ method, args }) => {
    const isProbe = String(args[1]).startsWith("tagwise-nowhere-") || (method === "putManifest" && isDigest(args[1]));
    const isChange = method === "putManifest" || method === "deleteTag";
    return isChange && !isProbe ? [`${method} ${args[1]}`] : [];
  });
}

describe.each(["distribution2", "distribution3", "harbor"])(
  "a disk that fills up during a removal on %s",
  (profile) => {
    it.each([
      ["sent where nothing can be written", 1],
      ["changed where the operation cannot be written", 2],
    ])("lets nothing be %s", async (_, nth) => {
      const stage = await openStage({ profile, disk: filling(nth, Number.POSITIVE_INFINITY) });
      await furnish(stage.bare);
      const before = await standingsOf(stage.bare, [app, other]);
      await expect(stage.remove(chosen)).rejects.toMatchObject({
        message: expect.stringMatching(/nothing was changed.*no space left/),
        next: expect.stringContaining("--journal"),
      });
      expect(nth === 1 ? stage.calls : changesOf(stage)).toEqual([]);
      expect(await standingsOf(stage.bare, [app, other])).toEqual(before);
      expect((await stage.journal.list()).operations).toEqual([]);
    });

    it.each([1, Number.POSITIVE_INFINITY])(
      "rolls back what stands on a decoy, at whichever write (%d refused)",
      async (writes) => {
        let steps = 0;
        for (let nth = 3; ; nth++) {
          const disk = filling(nth, writes);
          const stage = await openStage({ profile, disk });
          await furnish(stage.bare);
          const before = await standingsOf(stage.bare, [app, other]);
          const removed = await stage.remove(chosen);
          if (disk.refused() === 0) break;
          steps++;
          await audit(stage, { requests: chosen, before, removed, isCut: await isCut(stage) });
        }
        expect(steps).toBeGreaterThan(profile === "distribution3" ? 3 : 8);
      },
    );
  },
);

/** A step is missing in the journal, and the person was told. */
async function isCut(stage: Stage): Promise<boolean> {
  const notes = stage.events.flatMap((event) => (event.kind === "note" ? [event.says] : []));
  return notes.some((says) => /journal could not be written/.test(says));
}

it("what was removed can be undone by the journal alone, on the strength of its own bytes", async () => {
  const stage = await openStage();
  await furnish(stage.bare);
  await stage.remove(chosen);
  const [operation] = (await stage.journal.list()).operations;
  if (operation === undefined) throw new Error("nothing in the journal");
  expect(undoableTags(operation)).toHaveLength(6);
});

it("the journal is for its owner's eyes alone", async () => {
  const directory = temporary();
  const stage = await openStage();
  await furnish(stage.bare);
  const real = journalIn(join(directory, "journal"));
  await stage.remove(chosen, { journal: real });
  const [file = ""] = await readdir(join(directory, "journal"));
  expect((await stat(join(directory, "journal"))).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, "journal", file))).mode & 0o777).toBe(0o600);
});

it("a folder that cannot be written lets nothing be sent", async () => {
  const directory = temporary();
  await writeFile(join(directory, "file"), "");
  const stage = await openStage();
  await furnish(stage.bare);
  const journal = journalIn(join(directory, "file", "journal"));
  await expect(stage.remove(chosen, { journal })).rejects.toMatchObject({ said: "JOURNAL_UNWRITABLE" });
  expect(stage.calls).toEqual([]);
});

it("a read-only folder lets nothing be sent", async ({ skip }) => {
  skip(process.getuid?.() === 0, "root writes everywhere");
  const directory = join(temporary(), "journal");
  await mkdir(directory);
  await chmod(directory, 0o500);
  const stage = await openStage();
  await furnish(stage.bare);
  await expect(stage.remove(chosen, { journal: journalIn(directory) })).rejects.toMatchObject({
    said: "JOURNAL_UNWRITABLE",
  });
  expect(stage.calls).toEqual([]);
});
