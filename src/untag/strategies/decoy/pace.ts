/** Decides how many tags go on one decoy. */
export interface Pace {
  /** The number of tags for the next decoy. */
  readonly size: number;
  /** Reports how long, in milliseconds, the deletion of a decoy with `tags` tags took. */
  lasted(milliseconds: number, tags: number): void;
}

interface Sample {
  readonly tags: number;
  readonly milliseconds: number;
}

const largestChunk = 256;
const smallestChunk = 8;
/** How many times as large as the last a chunk may be: each step to a large one costs a walk over all tags. */
const steepestGrowth = 4;
/** Only the latest are kept, since a server's speed changes. */
const samplesKept = 8;

/**
 * While a server deletes a decoy it walks over all tags, and a push during that walk can be lost. One walk for many
 * tags makes a decoy fast, yet the walk takes longer the more tags match. So a chunk starts at one tag and grows while
 * a deletion takes at most about twice as long as that of one tag, as estimated from the latest deletions.
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
      if (tags < size) return; // a chunk that was not full says nothing about full ones
      const next =
        size === 1 ? smallestChunk : Math.min(Math.max(tagsInTwice(samples), size / 2), size * steepestGrowth);
      size = Math.round(Math.min(Math.max(next, smallestChunk), largestChunk));
    },
  };
}

/**
 * The number of tags whose deletion takes twice as long as that of one tag, by a least-squares line through the
 * samples.
 */
function tagsInTwice(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const tags = mean(samples.map((sample) => sample.tags));
  const milliseconds = mean(samples.map((sample) => sample.milliseconds));
  const spread = mean(samples.map((sample) => (sample.tags - tags) ** 2));
  const together = mean(samples.map((sample) => (sample.tags - tags) * (sample.milliseconds - milliseconds)));
  if (spread === 0) return tags * 1.25; // samples of one size give no line: try a little more
  const each = together / spread;
  if (!(each > 0)) return Number.POSITIVE_INFINITY; // more tags cost no measurable time
  const walk = milliseconds - each * tags;
  return walk / each + 2;
}
