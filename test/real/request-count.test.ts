import { expect, it } from "vitest";
import { countedWays, countRequests, siblings } from "./harness/request-count.ts";
import { describeWith, openStage } from "./harness/suite.ts";

for (const { name, program, start, most } of countedWays) {
  describeWith([program, "regctl"], `the removal of one tag ${name}`, () => {
    const stage = openStage();

    it(`takes at most ${most} requests beside two listings and two scans`, async () => {
      const { ours, proof, regctl } = await countRequests(stage, start);
      process.stdout.write(`${name}: ${ours.length} requests; regctl ${regctl.length}, and proves nothing\n`);
      const words = ours.map(({ method, path, status }) => `${method} ${path} ${status}`).join("\n");
      expect(ours.length, words).toBeLessThanOrEqual(most);
      expect(ours.length, words).toBeGreaterThan(1);
      const heads = siblings.map((tag) => `HEAD /v2/team/app/manifests/${tag}`);
      const once = ["GET /v2/team/app/tags/list", ...heads];
      expect(proof).toEqual({ before: ["GET /v2/", ...once], after: once });
    });
  });
}
