import { firstLook } from "./polling.ts";

/** How many tags go on one decoy. */
export interface Pace {
  readonly size: number;
  /** Tells how long, in milliseconds, the deletion of `tags` tags lasted. */
  lasted(milliseconds: number, tags: number): void;
}

const largestChunk = 256;
const firstStep = 8;

/**
 * A push into the server's walk over its tags can be lost, and the walk grows with the tags that match; one walk for
 * many tags is what makes a decoy fast. So a chunk starts at one tag and grows while a deletion lasts at most
 * about twice as long as that of one tag, or is too short to be watched.
 */
export function chunkPace(): Pace {
  let size = 1;
  let single = Number.POSITIVE_INFINITY;
  return {
    get size() {
      return size;
    },
    lasted(milliseconds, tags) {
      if (tags === 1) single = Math.max(Math.min(single, milliseconds), firstLook / 2);
      if (tags < size) return; // what was left over, or kept: says nothing about a full chunk
      if (size === 1) size = firstStep;
      else if (milliseconds <= single * 1.5) size = Math.min(size * 2, largestChunk);
      else if (milliseconds <= single * 2) size = Math.min(Math.ceil(size * 1.2), largestChunk);
      else size = Math.max(Math.floor((size * 2 * single) / milliseconds), 2);
    },
  };
}
