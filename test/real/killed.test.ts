import { beforeAll, expect, it } from "vitest";
import { digestAt, tagsOf } from "./harness/contents.ts";
import { startDistribution3, startDockerRegistry } from "./harness/docker-registry.ts";
import { newImage, push } from "./harness/images.ts";
import { type CountingProxy, startProxy } from "./harness/proxy.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { tagwise, told } from "./harness/tagwise.ts";

const settings = [
  { name: "docker-registry 2.8.2 (decoy)", program: "docker-registry", start: startDockerRegistry },
  { name: "distribution 3 (native)", program: "registry", start: startDistribution3 },
];
const moments = ["before", "after"] as const;
const cures = [
  { name: "recover", flags: [], mayBeGone: true },
  { name: "recover --rollback", flags: ["--rollback"], mayBeGone: true },
];

for (const { name, program, start } of settings) {
  describeWith([program], `tagwise killed at each request to ${name}`, () => {
    const stage = openStage();
    let server: RegistryServer;
    let proxy: CountingProxy;

    beforeAll(async () => {
      server = await start(stage);
      proxy = await startProxy(stage, server);
    });

    for (const cure of cures) {
      for (const moment of moments) {
        it(`${moment} it is passed on: ${cure.name} leaves the chosen tags gone or whole, and siblings alone`, async () => {
          let kills = 0;
          for (let step = 1; await killedAt(step); step++) kills++;
          process.stdout.write(`${name}, ${moment}, ${cure.name}: killed at ${kills} steps\n`);
          expect(kills).toBeGreaterThan(8);

          /** One removal that is killed at a request; false where it ended before it came that far. */
          async function killedAt(step: number): Promise<boolean> {
            const repository = `team/${moment}-${step}${cure.flags.join("")}`;
            const image = newImage();
            await push(server, repository, image, ["latest", "test1", "test2"]);
            const wasKilled = await removeAndKill(repository, step, moment);
            const recovered = await tagwise(stage, ["recover", proxy.host, "--yes", "-o", "json", ...cure.flags]);
            expect(recovered.code, `step ${step}: ${told(recovered)}`).toBe(0);
            const { latest, ...chosen } = await tagsOf(server, repository);
            expect(latest, `step ${step}`).toBe(image.digest);
            for (const [tag, digest] of Object.entries(chosen)) {
              expect(["test1", "test2"], `step ${step}`).toContain(tag);
              expect(digest, `step ${step}`).toBe(image.digest);
            }
            expect(await digestAt(server, repository, image.digest)).toBe(image.digest);
            return wasKilled;
          }
        });
      }
    }

    /** Kills the removal of two of three siblings at its request of that number. */
    async function removeAndKill(repository: string, step: number, moment: "before" | "after"): Promise<boolean> {
      let pid = 0;
      let wasKilled = false;
      proxy.watch({
        [moment]: ({ number }: { readonly number: number }) => {
          if (number !== step) return;
          wasKilled = true;
          process.kill(pid, "SIGKILL");
        },
      });
      const references = ["test1", "test2"].map((tag) => `${proxy.host}/${repository}:${tag}`);
      const ended = await tagwise(stage, ["rm", ...references, "--yes", "-o", "json"], {
        onStart: (started) => {
          pid = started;
        },
      });
      proxy.watch({});
      if (!wasKilled) expect(ended.code, told(ended)).toBe(0);
      return wasKilled;
    }
  });
}
