import { beforeAll, expect, it } from "vitest";
import { tagsOf } from "./harness/contents.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { closedSettings } from "./harness/settings.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { printCount, tagwise, told } from "./harness/tagwise.ts";

for (const { name, programs, start } of closedSettings) {
  describeWith(programs, name, () => {
    const stage = openStage();
    let server: RegistryServer;

    beforeAll(async () => {
      server = await start(stage);
    });

    it.each([
      { what: "a removal", flags: [] },
      { what: "a removal by decoy", flags: ["--strategy", "decoy"] },
      { what: "a removal by the tag's own DELETE", flags: ["--strategy", "native"] },
    ])("is told that it refuses $what, and is not changed by it", async ({ flags }) => {
      const before = await tagsOf(server, "team/app");
      const reference = `${server.host}/team/app:test1`;
      const removal = await tagwise(stage, ["rm", reference, "--yes", "-o", "json", ...flags]);
      expect(removal.code, told(removal)).toBe(4);
      printCount(`${name} ${flags.join(" ")}`, removal);
      expect(await tagsOf(server, "team/app")).toEqual(before);
    });

    it("is told by doctor, which then ends with 4", async () => {
      const { code, stdout } = await tagwise(stage, ["doctor", `${server.host}/team/app`, "-o", "json"]);
      expect(code).toBe(4);
      process.stdout.write(`${name}: doctor finds ${JSON.parse(stdout).findings.length} things\n`);
    });
  });
}
