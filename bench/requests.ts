import { countedWays, countRequests } from "../test/real/harness/request-count.ts";
import { ratio } from "./measure.ts";
import type { Benchmark } from "./run.ts";

/** The requests for one tag, less ping, tokens, the listings and the scan's one HEAD a sibling, beside regctl's. */
export const benchmark: Benchmark = async (stage) => {
  const sentences: string[] = [];
  for (const { name, start, most } of countedWays) {
    const { ours, regctl } = await countRequests(stage, start);
    const counts = `${ours.length} of at most ${most}, regctl tag delete ${regctl.length}`;
    sentences.push(`${ratio(ours.length, regctl.length)} times the requests of regctl for one tag ${name}: ${counts}`);
  }
  return sentences;
};
