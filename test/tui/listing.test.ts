import { describe, expect, it } from "vitest";
import { parseRepositoryName, parseTag } from "../../src/registry/names.ts";
import type { Message } from "../../src/tui/message.ts";
import { answers, empty, played, repository, tags } from "./example.ts";

/** The example while the tags of its repository are still being scanned, by job 1. */
const scanning = played(empty(), ...answers.slice(0, 7)).model;
const anew: readonly Message[] = [
  { is: "tags", repository, names: tags, isAnew: true },
  { is: "tags-end", repository },
];

describe("a scan", () => {
  it("of a repository that was left holds up none of the next one, though it has not ended yet", () => {
    const next = parseRepositoryName("team/web");
    const opened = played(scanning, "1", "G", "enter");
    expect(opened.model.repository?.name).toBe(next);
    expect(opened.effects).toContainEqual({ do: "cancel", job: 1 });
    const names = [parseTag("1.0")];
    const listed = played(opened.model, { is: "tags", repository: next, names }, { is: "tags-end", repository: next });
    expect(listed.effects).toContainEqual({ do: "scan", job: 2, repository: next, tags: names, withFacts: false });
  });

  it("begins anew with R, since what it has read is read again", () => {
    const asked = played(scanning, "R");
    expect(asked.effects).toContainEqual({ do: "cancel", job: 1 });
    expect(played(asked.model, ...anew).effects).toContainEqual({
      do: "scan",
      job: 2,
      repository,
      tags,
      withFacts: false,
    });
  });
});
