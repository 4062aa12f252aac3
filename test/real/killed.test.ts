import { beforeAll, expect, it } from "vitest";
import { digestAt, tagsOf } from "./harness/contents.ts";
import { startDistribution3, startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { inParallel } from "./harness/parallel.ts";
import { waitUntil } from "./harness/processes.ts";
import { type CountingProxy, type Passed, startProxy } from "./harness/proxy.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { tagwise, told } from "./harness/tagwise.ts";

const settings = [
  { name: "docker-registry 2.8.2 (decoy)", program: "docker-registry", start: startDockerRegistry, byDecoy: true },
  { name: "distribution 3 (native)", program: "registry", start: startDistribution3, byDecoy: false },
];
const moments = ["before", "after"] as const;
const cures = [
  { cure: "recover", flags: [] },
  { cure: "recover --rollback", flags: ["--rollback"] },
];
const cases = cures.flatMap((cure) => moments.map((moment) => ({ ...cure, moment })));

for (const { name, program, start, byDecoy } of settings) {
  describeWith([program], `tagwise killed at each request to ${name}`, () => {
    const stage = openStage();
    let server: RegistryServer;

    beforeAll(async () => {
      server = await start(stage);
    });

    it.each(cases)(
      "$moment it is passed on: $cure finishes or puts back what stood on a decoy, and leaves siblings alone",
      async ({ cure, flags, moment }) => {
        let kills = 0;
        let cured = 0;
        let step = 1;
        let isOver = false;
        await inParallel([1, 2], 2, async () => {
          const proxy = await startProxy(stage, server);
          while (!isOver) {
            const { wasKilled, onDecoy } = await killAndRecover(proxy, { step: step++, moment, flags });
            cured += onDecoy;
            if (wasKilled) kills++;
            else isOver = true;
          }
        });
        process.stdout.write(`${name}, ${moment}, ${cure}: killed at ${kills} steps, ${cured} tags stood on a decoy\n`);
        expect(kills).toBeGreaterThan(8);
        expect(cured > 0).toBe(byDecoy);
      },
    );

    interface Kill {
      readonly step: number;
      readonly moment: (typeof moments)[number];
      readonly flags: readonly string[];
    }

    /** Kills one removal at a request, unless it ended before it came that far, and recovers from it. */
    async function killAndRecover(proxy: CountingProxy, { step, moment, flags }: Kill) {
      const repository = `team/${moment}-${step}${flags.join("")}`;
      const image = newImage();
      await push(server, repository, image, ["latest", "test1", "test2"]);
      const wasKilled = await removeAndKill(proxy, repository, { step, moment });
      const stood = await tagsOf(server, repository);
      const onDecoy = Object.keys(stood).filter((tag) => stood[tag] !== image.digest);
      const target = `${proxy.host}/${repository}`;
      const recovered = await tagwise(stage, ["recover", target, "--yes", "-o", "json", ...flags]);
      expect(recovered.code, `step ${step}: ${told(recovered)}`).toBe(0);
      const { latest, ...chosen } = await tagsOf(server, repository);
      expect(latest, `step ${step}`).toBe(image.digest);
      for (const [tag, digest] of Object.entries(chosen)) {
        expect(["test1", "test2"], `step ${step}`).toContain(tag);
        expect(digest, `${tag} after step ${step}`).toBe(image.digest);
      }
      const held = onDecoy.map((tag) => chosen[tag]);
      const cure = flags.includes("--rollback") ? image.digest : undefined;
      expect(held, `on a decoy after step ${step}`).toEqual(onDecoy.map(() => cure));
      expect(await digestAt(server, repository, image.digest)).toBe(image.digest);
      return { wasKilled, onDecoy: onDecoy.length };
    }

    /** Kills the removal of two of three siblings at its request of that number. */
    async function removeAndKill(
      proxy: CountingProxy,
      repository: string,
      { step, moment }: Pick<Kill, "step" | "moment">,
    ): Promise<boolean> {
      let pid = 0;
      let wasKilled = false;
      const kill = ({ number }: Passed) => {
        if (number !== step) return;
        wasKilled = true;
        process.kill(pid, "SIGKILL");
      };
      proxy.watch({ [moment]: kill });
      const references = ["test1", "test2"].map((tag) => `${proxy.host}/${repository}:${tag}`);
      const ended = await tagwise(stage, ["rm", ...references, "--yes", "-o", "json"], {
        onStart: (started) => {
          pid = started;
        },
      });
      const isIdle = () => proxy.passed.every(({ status }) => status !== undefined);
      await waitUntil(isIdle, { what: "the server to answer what was sent" });
      proxy.watch({});
      if (!wasKilled) expect(ended.code, told(ended)).toBe(0);
      return wasKilled;
    }
  });
}
