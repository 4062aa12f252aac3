import { expect, it } from "vitest";
import { countedWays, countRequests } from "./harness/request-count.ts";
import { describeWith, openStage } from "./harness/suite.ts";

for (const { name, program, start, most } of countedWays) {
  describeWith([program, "regctl"], `the removal of one tag ${name}`, () => {
    const stage = openStage();

    it(`takes at most ${most} requests beside the listings and the scan`, async () => {
      const { ours, regctl } = await countRequests(stage, start);
      process.stdout.write(`${name}: ${ours.length} requests; regctl ${regctl.length}, and proves nothing\n`);
      const words = ours.map(({ method, path, status }) => `${method} ${path} ${status}`).join("\n");
      expect(ours.length, words).toBeLessThanOrEqual(most);
      expect(ours.length, words).toBeGreaterThan(1);
    });
  });
}
