import type { Tag } from "../../registry/names.ts";

/**
 * Marked tags: those in exactly one of `base` and `flipped`. A toggle copies only the small `flipped`, never a hundred
 * thousand names.
 */
export interface Marks {
  readonly size: number;
  readonly base: ReadonlySet<Tag>;
  readonly flipped: ReadonlySet<Tag>;
}

/** No marked tag. */
export const noMarks: Marks = { size: 0, base: new Set(), flipped: new Set() };

/** True where a tag is marked. */
export function isMarked({ base, flipped }: Marks, tag: Tag): boolean {
  return base.has(tag) !== flipped.has(tag);
}

const mostFlipped = 256;

/** Marks a tag, or unmarks it. */
export function toggled(marks: Marks, tag: Tag): Marks {
  const flipped = new Set(marks.flipped);
  if (!flipped.delete(tag)) flipped.add(tag);
  const size = marks.size + (isMarked(marks, tag) ? -1 : 1);
  if (flipped.size <= mostFlipped) return { size, base: marks.base, flipped };
  return { size, base: namesOf({ base: marks.base, flipped }), flipped: new Set() };
}

/** Marks these tags too. */
export function withMarks(marks: Marks, tags: Iterable<Tag>): Marks {
  const base = namesOf(marks);
  for (const tag of tags) base.add(tag);
  return marksOf(base);
}

/** Toggles each of these tags. */
export function inverted(marks: Marks, tags: Iterable<Tag>): Marks {
  const base = namesOf(marks);
  for (const tag of tags) if (!base.delete(tag)) base.add(tag);
  return marksOf(base);
}

/** Unmarks these tags. */
export function withoutMarks(marks: Marks, tags: Iterable<Tag>): Marks {
  const base = namesOf(marks);
  for (const tag of tags) base.delete(tag);
  return marksOf(base);
}

function marksOf(base: ReadonlySet<Tag>): Marks {
  return { size: base.size, base, flipped: new Set() };
}

/** A new set with every marked tag. */
export function namesOf({ base, flipped }: Pick<Marks, "base" | "flipped">): Set<Tag> {
  const names = new Set(base);
  for (const tag of flipped) if (!names.delete(tag)) names.add(tag);
  return names;
}
