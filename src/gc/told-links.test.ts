import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseDigest, parseRepositoryName, parseTag } from "../registry/names.ts";
import type { ListedLink } from "./listing.ts";
import { toldLinks } from "./told-links.ts";

const [app, other] = ["app", "other"].map(parseRepositoryName) as [ListedLink["repository"], ListedLink["repository"]];
const digestOf = (letter: string) => parseDigest(`sha256:${letter.repeat(64)}`);
const sumOf = (text: string) => createHash("md5").update(text).digest("hex");

const revision = (letter: string, holds = digestOf(letter) as string): ListedLink => {
  const digest = digestOf(letter);
  return { path: `revision ${letter}`, repository: app, about: "revision", id: 0, digest, md5: sumOf(holds) };
};
const tag = (name: string, holds: string, repository = app): ListedLink => {
  return { path: `tag ${name}`, repository, about: "tag", tag: parseTag(name), md5: sumOf(holds) };
};

describe("links of which a listing tells", () => {
  it("a revision's holds its own digest where the sum says so, and is read where it says anything else", () => {
    const links = toldLinks();
    expect(links.take(revision("a"))).toBe(true);
    for (const holds of ["", "garbled", digestOf("a"), `${digestOf("b")}\n`]) {
      expect([holds, links.take(revision("b", holds))]).toEqual([holds, false]);
    }
    const { told, untold } = links.settle();
    expect(told.map(({ link, reading }) => [link.path, reading])).toEqual([["revision a", { digest: digestOf("a") }]]);
    expect(untold).toEqual([]);
  });

  it("a tag's holds a digest of its own repository, whichever of the two was listed first", () => {
    const links = toldLinks();
    const early = tag("early", digestOf("a"));
    const late = tag("late", digestOf("b"));
    for (const link of [early, revision("a"), revision("b", "moved"), late]) links.take(link);
    const { told, untold } = links.settle();
    const found = Object.fromEntries(told.map(({ link, reading }) => [link.path, reading]));
    expect(found).toMatchObject({ "tag early": { digest: digestOf("a") }, "tag late": { digest: digestOf("b") } });
    expect(untold).toEqual([]);
  });

  it("a tag's is read where nothing that is known has its sum: empty, without a link here, or of another repository", () => {
    const links = toldLinks();
    const unknown = [tag("empty", ""), tag("no-link", digestOf("c")), tag("elsewhere", digestOf("a"), other)];
    for (const link of [revision("a"), ...unknown]) links.take(link);
    expect(links.settle().untold).toEqual(unknown);
  });

  it("nothing is told where the listing has no sums", () => {
    const links = toldLinks();
    const { md5: _, ...bare } = tag("a", digestOf("a"));
    expect(links.take(bare)).toBe(false);
    expect(links.settle()).toEqual({ told: [], untold: [] });
  });
});
