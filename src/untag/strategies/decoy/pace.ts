/** How many tags go on one decoy. */
export interface Pace {
  readonly size: number;
  /** Tells how long, in milliseconds, the deletion of `tags` tags lasted. */
  lasted(milliseconds: number, tags: number): void;
}

interface Sample {
  readonly tags: number;
  readonly milliseconds: number;
}

const largestChunk = 256;
const smallestChunk = 8;
/** Old samples say nothing of a server that has become busier since. */
const samplesKept = 8;

/**
 * A push into the server's walk over its tags can be lost, and the walk grows with the tags that match; one walk for
 * many tags is what makes a decoy fast. So a chunk starts at one tag and grows while a deletion lasts at most about
 * twice as long as that of one tag, which is worked out from the last deletions and not from the first alone.
 */
export function chunkPace(): Pace {
  const samples: Sample[] = [];
  let size = 1;
  return {
    get size() {
      return size;
    },
    lasted(milliseconds, tags) {
      samples.push({ tags, milliseconds });
      if (samples.length > samplesKept) samples.shift();
      if (tags < size) return; // what was left over, or kept, says nothing of a full chunk
      const next = size === 1 ? smallestChunk : Math.min(Math.max(tagsInTwice(samples), size / 2), size * 2);
      size = Math.round(Math.min(Math.max(next, smallestChunk), largestChunk));
    },
  };
}

/** How many tags a deletion may hold to last twice as long as one tag does: a line through the samples tells. */
function tagsInTwice(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const tags = mean(samples.map((sample) => sample.tags));
  const milliseconds = mean(samples.map((sample) => sample.milliseconds));
  const spread = mean(samples.map((sample) => (sample.tags - tags) ** 2));
  const together = mean(samples.map((sample) => (sample.tags - tags) * (sample.milliseconds - milliseconds)));
  if (spread === 0) return tags * 1.25; // all of one size tells nothing: a little more does
  const each = together / spread;
  if (!(each > 0)) return Number.POSITIVE_INFINITY; // more tags cost nothing that can be measured
  const walk = milliseconds - each * tags;
  return walk / each + 2;
}
