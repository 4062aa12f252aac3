import { randomBytes } from "node:crypto";
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../registry/digest.ts";
import { describe as describeManifest } from "../../registry/image.ts";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import { parseRegistryPrefix } from "../../registry/reference.ts";
import { ulid } from "../../support/ulid.ts";
import { makeDecoy } from "../decoy.ts";
import type { Intent, Journal, JournalStep } from "./journal.ts";
import { stateOf, undoableTags } from "./journal.ts";
import { journalIn } from "./journal-file.ts";

const repository = parseRepositoryName("team/app");
const [tag, proto] = [parseTag("v1"), parseTag("constructor")];
const manifest = { mediaType: "application/vnd.oci.image.manifest.v1+json", bytes: new TextEncoder().encode("{ }\n") };
const digest = digestOf(manifest.bytes);
const decoy = makeDecoy({
  operation: "o",
  nonce: "n",
  host: "h",
  at: new Date(0),
  originals: new Map([[tag, digest]]),
});

const steps: readonly JournalStep[] = [
  { step: "scratch", repository, digest, tags: [tag] },
  {
    step: "decoy",
    repository,
    digest: describeManifest(decoy).digest,
    manifest: decoy,
    tags: [tag],
  },
  { step: "sent", repository, digest },
  { step: "outcomes", repository, outcomes: [{ tag, digest, outcome: "removed" }] },
  {
    step: "outcomes",
    repository,
    outcomes: [{ tag: proto, outcome: "kept", reason: 'ünïcode \u2028 "quoted"', code: "X" }],
  },
  { step: "closed", state: "done" },
  { step: "undone", tags: [{ repository, tag }] },
];

function intent(number = 0): Intent {
  const siblings = new Map([[digest, [parseTag("latest"), proto]]]);
  return {
    operation: ulid(Date.UTC(2026, 0, 1) + number, new Uint8Array(16)),
    at: new Date(Date.UTC(2026, 0, 1)),
    registry: parseRegistryPrefix("127.0.0.1:5000").registry,
    repositories: [
      { repository, strategy: "decoy", tags: [tag, proto].map((one) => ({ tag: one, digest })), siblings },
    ],
    manifests: new Map([[digest, { ...manifest, bytes: Buffer.from(manifest.bytes) }]]),
  };
}

let directory: string;
let journal: Journal;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tagwise-journal-"));
  journal = journalIn(directory);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const fileOf = ({ operation }: Intent) => join(directory, `${operation}.jsonl`);

async function written(): Promise<{ readonly begun: Intent; readonly file: string; readonly text: Buffer }> {
  const begun = intent();
  await journal.begin(begun);
  for (const step of steps) await journal.record(begun.operation, step);
  return { begun, file: fileOf(begun), text: await readFile(fileOf(begun)) };
}

describe("journalIn()", () => {
  it("gives back what was written, to the byte", async () => {
    const { begun } = await written();
    const read = await journal.read(begun.operation);
    expect(read).toEqual({ ...begun, steps: steps.map((step) => expect.objectContaining({ step: step.step })) });
    expect(read?.steps[4]).toEqual(steps[4]);
    expect(read?.steps[1]).toMatchObject({ manifest: { bytes: Buffer.from(decoy.bytes) } });
  });

  it("reads a file that was cut at any byte as the steps that were whole, or says that it cannot be read", async () => {
    const { begun, file, text } = await written();
    const first = text.indexOf("\n");
    // each byte around a line's end, and every seventh between
    const isNear = (length: number) => text.subarray(Math.max(0, length - 3), length + 3).includes("\n");
    for (let length = 0; length <= text.length; length++) {
      if (length % 7 !== 0 && !isNear(length)) continue;
      await writeFile(file, text.subarray(0, length));
      const { operations, unreadable } = await journal.list();
      const [operation] = operations;
      if (length < first) expect([length, operations.length, unreadable.length]).toEqual([length, 0, 1]);
      else expect([length, operation?.manifests.size, unreadable.length]).toEqual([length, 1, 0]);
      const whole =
        text
          .subarray(first + 1, length)
          .toString("latin1")
          .split("\n").length - 1;
      if (length > first) expect([length, operation?.steps.length]).toEqual([length, whole]);
      if (operation !== undefined) expect(stateOf(operation) === "open").toBe(whole < 6);
    }
    expect(begun.operation).toBeDefined();
  });

  it("goes on behind a line that was cut off, and loses no other", async () => {
    const { begun, file, text } = await written();
    const starts = [...text.toString("latin1").matchAll(/\n/g)].map(({ index }) => index + 1).slice(0, -1);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        async (start, part) => {
          const end = text.indexOf("\n", start);
          await writeFile(file, text.subarray(0, start + Math.floor((end - start) * part)));
          await journal.record(begun.operation, { step: "closed", state: "rolled-back" });
          const read = await journal.read(begun.operation);
          expect(read?.steps).toHaveLength(starts.indexOf(start) + 1);
          expect(read?.steps.at(-1)).toEqual({ step: "closed", state: "rolled-back" });
        },
      ),
      { numRuns: 40 },
    );
  });

  it("does not touch a file whose damage lies elsewhere than at its end", async () => {
    const { begun, file, text } = await written();
    const damaged = Buffer.from(text);
    damaged.write("#", damaged.indexOf("sent"));
    await writeFile(file, damaged);
    expect(await journal.list()).toMatchObject({ operations: [], unreadable: [{ file, why: "line 4 is damaged" }] });
    await expect(journal.read(begun.operation)).rejects.toThrow(/line 4 is damaged/);
    expect(await readFile(file)).toEqual(damaged);
  });

  it("has no step for an operation that it does not have", async () => {
    await expect(journal.record(intent().operation, { step: "closed", state: "done" })).rejects.toThrow("ENOENT");
    expect(await readdir(directory)).toEqual([]);
  });

  it("gives several operations of one process their names at once", async () => {
    const names = await Promise.all(Array.from({ length: 4 }, () => journal.name(new Date(0), randomBytes(16))));
    expect(new Set(names).size).toBe(4);
  });

  it("writes no operation twice", async () => {
    await journal.begin(intent());
    const before = await readFile(fileOf(intent()));
    await writeFile(`${fileOf(intent())}.tmp`, "somebody is at it");
    await expect(journal.begin({ ...intent(), repositories: [] })).rejects.toThrow("EEXIST");
    expect(await readFile(fileOf(intent()))).toEqual(before);
  });

  it.each([
    { what: "nothing", text: "" },
    { what: "other JSON", text: "{}\n" },
    { what: "binary", text: "\u0000\u0001\n" },
    { what: "a newer journal", text: JSON.stringify({ tagwise: 2 }) },
  ])("passes over a foreign file with $what and says so", async ({ text }) => {
    await journal.begin(intent(1));
    await writeFile(fileOf(intent(2)), text);
    await writeFile(join(directory, "notes.txt"), "mine");
    const { operations, unreadable } = await journal.list();
    expect(operations.map(({ operation }) => operation)).toEqual([intent(1).operation]);
    expect(unreadable).toMatchObject([
      { file: fileOf(intent(2)), why: expect.stringContaining("not an operation of tagwise") },
    ]);
    expect(await readFile(fileOf(intent(2)), "utf8")).toBe(text);
  });

  it("knows a registry by the port that its scheme implies", async () => {
    const { file, text } = await written();
    const named = text.toString().replaceAll("127.0.0.1:5000", "127.0.0.1:80");
    await writeFile(file, named.replace("http://127.0.0.1:80/", "http://127.0.0.1/"));
    expect((await journal.list()).operations).toMatchObject([{ registry: { host: "127.0.0.1" } }]);
  });

  it.each([
    { what: "another host", from: '"http://127.0.0.1:5000/"', to: '"https://elsewhere.example/"' },
    { what: "no address", from: '"http://127.0.0.1:5000/"', to: '"javascript:alert(1)"' },
    { what: "a path for a name", from: `"operation":"${intent().operation}"`, to: '"operation":"../../x"' },
    { what: "another name", from: `"operation":"${intent().operation}"`, to: `"operation":"${intent(9).operation}"` },
    { what: "a tag that is none", from: '"tag":"v1"', to: '"tag":"v 1"' },
  ])("does not believe a file that names $what", async ({ from, to }) => {
    const { file, text } = await written();
    const forged = text.toString().replace(from, to);
    expect(forged).not.toBe(text.toString());
    await writeFile(file, forged);
    const { operations, unreadable } = await journal.list();
    expect([operations.length, unreadable.length]).toEqual([0, 1]);
  });

  it("lists the newest first, a thousand of them with few files open at once", async () => {
    const [one] = await Promise.all([journal.begin(intent()), writeFile(join(directory, "x.jsonl"), "")]);
    expect(one).toBeUndefined();
    const text = (await readFile(fileOf(intent()), "utf8")).trim();
    for (let number = 1; number < 1000; number++) {
      await writeFile(fileOf(intent(number)), text.replaceAll(intent().operation, intent(number).operation));
    }
    const { operations } = await journal.list();
    expect(operations).toHaveLength(1000);
    expect(operations[0]?.operation).toBe(intent(999).operation);
  });

  it("takes steps from two processes at once without mixing them", async () => {
    const { begun } = await written();
    const other = journalIn(directory);
    const writes = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? journal : other));
    for (const one of writes) await one.record(begun.operation, { step: "sent", repository, digest });
    expect((await journal.read(begun.operation))?.steps).toHaveLength(steps.length + 10);
  });

  it("empties no file that it cannot understand", async () => {
    await writeFile(fileOf(intent()), "no line end");
    await expect(journal.record(intent().operation, { step: "closed", state: "done" })).rejects.toThrow(
      "no whole line",
    );
    expect(await readFile(fileOf(intent()), "utf8")).toBe("no line end");
    await truncate(fileOf(intent()));
    await appendFile(fileOf(intent()), "");
    await expect(journal.record(intent().operation, { step: "closed", state: "done" })).rejects.toThrow(
      "no whole line",
    );
  });
});

describe("what an operation came to", () => {
  it("a part that was put back leaves the rest to be undone", async () => {
    const begun = intent();
    const removed = [tag, proto].map((one) => ({ tag: one, digest, outcome: "removed" }) as const);
    const closed = [
      { step: "outcomes", repository, outcomes: removed },
      { step: "closed", state: "done" },
    ] as const;
    const half = { ...begun, steps: [...closed, { step: "undone", tags: [{ repository, tag }] }] as const };
    expect([stateOf(half), undoableTags(half).map((one) => one.tag)]).toEqual(["done", [proto]]);
    const whole = { ...begun, steps: [...half.steps, { step: "undone", tags: [{ repository, tag: proto }] }] as const };
    expect([stateOf(whole), undoableTags(whole)]).toEqual(["undone", []]);
  });
});
