import { describe, expect, it } from "vitest";
import { capability, factsOf, originalOf, rules, type World } from "../../test/suites/untag/plan-facts.ts";
import { RegistryError } from "../registry/errors.ts";
import { type Digest, parseTag, referrersTag, type Tag } from "../registry/names.ts";
import { type PlanRules, planRepository } from "./plan.ts";

function endsOf(world: World, more: Partial<PlanRules> = {}): readonly string[] {
  return planRepository(factsOf(world), { ...rules, ...more }).lines.map((line) =>
    line.act === "remove"
      ? `remove ${line.tag}`
      : `${line.outcome.outcome} ${"code" in line.outcome ? line.outcome.code : ""}`.trim(),
  );
}

const abc = { a: "one", b: "one", c: "two" };
const { digest } = originalOf("one");
const refusal = new RegistryError("MANIFEST_BLOB_UNKNOWN", "a child is gone");
const label = { operation: "01J", nonce: "", host: "", at: new Date(0), originals: new Map<Tag, Digest>() };

describe("planRepository()", () => {
  it.each<{ what: string; world: World; rules?: Partial<PlanRules>; ends: readonly string[] }>([
    { what: "a tag that stands", world: { tags: abc, chosen: ["a"] }, ends: ["remove a"] },
    { what: "one that is absent", world: { tags: abc, chosen: ["x", "a"] }, ends: ["absent", "remove a"] },
    { what: "one that is named twice", world: { tags: abc, chosen: ["a", "a"] }, ends: ["remove a"] },
    {
      what: "one that stands where it was expected",
      world: { tags: abc, chosen: [{ tag: parseTag("a"), expected: digest }, "a"] },
      ends: ["remove a"],
    },
    {
      what: "one that stands elsewhere, and so the rest",
      world: { tags: abc, chosen: ["a", { tag: parseTag("c"), expected: digest }, "x"] },
      ends: ["refused GUARDED", "refused DIGEST_MISMATCH", "absent"],
    },
    {
      what: "one that was expected on two digests",
      world: {
        tags: abc,
        chosen: [
          { tag: parseTag("a"), expected: digest },
          { tag: parseTag("a"), expected: originalOf("two").digest },
        ],
      },
      ends: ["refused DIGEST_MISMATCH"],
    },
    {
      what: "a protected one, and so the rest",
      world: { tags: abc, chosen: ["a", "b"] },
      rules: { protectedBy: (_, tag) => (tag === "b" ? "b*" : undefined) },
      ends: ["refused GUARDED", "refused PROTECTED"],
    },
    {
      what: "one whose registry lets nothing be deleted",
      world: {
        tags: abc,
        chosen: ["a"],
        more: {
          capability: {
            fingerprint: { kind: "unknown", because: "" },
            deletion: "denied",
            exact: false,
            findings: [],
            refusal: new RegistryError("DENIED", "no"),
          },
        },
      },
      ends: ["refused DENIED"],
    },
    {
      what: "one that the registry would not take back",
      world: { tags: abc, chosen: ["a", "c"], more: { notPutBack: new Map([[digest, refusal]]) } },
      ends: ["refused MANIFEST_BLOB_UNKNOWN", "remove c"],
    },
    {
      what: "the same with --no-undo",
      world: { tags: abc, chosen: ["a"], more: { notPutBack: new Map([[digest, refusal]]) } },
      rules: { noUndo: true },
      ends: ["remove a"],
    },
    {
      what: "one that must not be written, --no-undo or not",
      world: {
        tags: abc,
        chosen: ["a"],
        more: { notPutBack: new Map([[digest, new RegistryError("LOCKED", "immutable", { status: 412 })]]) },
      },
      rules: { noUndo: true },
      ends: ["refused LOCKED"],
    },
    {
      what: "one without a manifest",
      world: { tags: abc, chosen: ["a"], standings: [["a", { is: "zombie" }]] },
      ends: ["refused ZOMBIE"],
    },
    {
      what: "one on a decoy",
      world: { tags: abc, chosen: ["a"], standings: [["a", { is: "decoy", original: originalOf("one"), label }]] },
      ends: ["refused DECOY"],
    },
    {
      what: "one on a decoy, and not where it was expected: every tag",
      world: {
        tags: abc,
        chosen: [{ tag: parseTag("a"), expected: originalOf("two").digest }, "b"],
        standings: [["a", { is: "decoy", original: originalOf("one"), label }]],
      },
      ends: ["refused DIGEST_MISMATCH", "refused GUARDED"],
    },
    {
      what: "one that cannot be read",
      world: {
        tags: abc,
        chosen: ["a", "b"],
        standings: [["a", { is: "unreadable", error: new RegistryError("ANSWER_INVALID", "?") }]],
      },
      ends: ["failed ANSWER_INVALID", "remove b"],
    },
    {
      what: "one that must not be read",
      world: {
        tags: abc,
        chosen: ["a", "b"],
        standings: [["a", { is: "unreadable", error: new RegistryError("DENIED", "?") }]],
      },
      ends: ["refused DENIED", "remove b"],
    },
  ])("decides about $what", ({ world, rules: more, ends }) => {
    expect(endsOf(world, more)).toEqual(ends);
  });

  it.each([
    { what: "it is protected", more: { protectedBy: () => "*" }, expected: digest },
    {
      what: "another is protected",
      more: { protectedBy: (_, tag) => (tag === "c" ? "c" : undefined) },
      expected: digest,
    },
    { what: "it stands elsewhere", more: {}, expected: originalOf("two").digest },
  ] satisfies { what: string; more: Partial<PlanRules>; expected: Digest }[])(
    "tells the digest of a tag that is refused because $what",
    ({ more, expected }) => {
      const facts = factsOf({ tags: abc, chosen: [{ tag: parseTag("a"), expected }, "c"] });
      const [line] = planRepository(facts, { ...rules, ...more }).lines;
      expect(line).toMatchObject({ act: "leave", outcome: { outcome: "refused", digest } });
    },
  );

  it("names the siblings that keep a manifest, and what nothing may lead to once it is gone", () => {
    const name = referrersTag(digest);
    const tags = { ...abc, [name]: "x", [`${name}.sig`]: "y", [`${name}-sbom`]: "z", [`${name}0`]: "not it" };
    const referrers = new Map([[digest, [originalOf("signature").digest]]]);
    const removalsOf = (chosen: readonly string[], scanned = true) =>
      planRepository(factsOf({ tags, chosen, scanned, more: { referrers } }), rules).lines.flatMap((line) =>
        line.act === "remove" ? [{ siblings: line.siblings, left: line.leftBehind }] : [],
      );
    expect(removalsOf(["a"])).toEqual([{ siblings: ["b"], left: [] }]);
    const left = [name, `${name}.sig`, `${name}-sbom`, originalOf("signature").digest];
    expect(removalsOf(["a", "b"])).toEqual([
      { siblings: [], left },
      { siblings: [], left },
    ]);
    expect(removalsOf(["a", "b", `${name}.sig`])[0]?.left).not.toContain(`${name}.sig`);
    expect(removalsOf(["a"], false)).toEqual([{ siblings: undefined, left }]); // another tag may keep it
  });

  it.each([
    { kind: "distribution2", exact: true, tags: ["1", "1.2"], chosen: ["1"], rehearses: true },
    { kind: "distribution2", exact: true, tags: ["1", "1-rc"], chosen: ["1", "1-rc"], rehearses: true },
    { kind: "distribution2", exact: true, tags: ["1", "1.2"], chosen: ["1.2"], rehearses: false },
    { kind: "distribution2", exact: true, tags: ["1", "10", "1_2"], chosen: ["1"], rehearses: false },
    { kind: "distribution2", exact: true, tags: ["a-b", "a-b.c-d"], chosen: ["a-b"], rehearses: true },
    { kind: "distribution3", exact: true, tags: ["1", "1.2"], chosen: ["1"], rehearses: false },
    { kind: "unknown", exact: false, tags: ["1"], chosen: ["1"], rehearses: true },
    { kind: "unknown", exact: false, tags: ["1"], chosen: ["x"], rehearses: false },
  ] as const)(
    "rehearses on $kind with $tags, of which $chosen go: $rehearses",
    ({ kind, exact, tags, chosen, rehearses }) => {
      const more = { capability: capability({ exact, fingerprint: { kind, because: "" } }) };
      const facts = factsOf({ tags: Object.fromEntries(tags.map((tag) => [tag, "one"])), chosen, more });
      expect(planRepository(facts, rules).rehearse !== undefined).toBe(rehearses);
    },
  );

  it.each([
    { strategy: "native", chosen: ["a", "c"], ends: ["remove a", "remove c for good"] },
    { strategy: "native", chosen: ["a", "b"], ends: ["remove a for good", "remove b for good"] },
    { strategy: "decoy", chosen: ["a", "c"], ends: ["remove a", "refused c"] },
  ] as const)(
    "where a manifest goes with its last tag, says of $chosen by $strategy: $ends",
    ({ strategy, chosen, ends }) => {
      const more = { capability: capability({ strategy, fingerprint: { kind: "gitea", because: "" } }) };
      const { lines } = planRepository(factsOf({ tags: abc, chosen, more }), rules);
      expect(
        lines.map((line) =>
          line.act === "remove"
            ? `remove ${line.tag}${line.undoable ? "" : " for good"}`
            : `${line.outcome.outcome} ${line.tag}`,
        ),
      ).toEqual(ends);
    },
  );

  it("a guard of one repository refuses the others of the operation too", () => {
    const world = { tags: abc, chosen: ["a", "x"] };
    expect(endsOf({ ...world, more: { isGuarded: true } })).toEqual(["refused GUARDED", "absent"]);
    expect(endsOf({ ...world, more: { isGuarded: false } })).toEqual(["remove a", "absent"]);
  });
});
