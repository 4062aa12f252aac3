import { beforeAll, expect, it } from "vitest";
import { type ClientName, clientsOf, logIn } from "./harness/clients.ts";
import { bytesAt, digestAt, tagsOf } from "./harness/contents.ts";
import { type DockerEngine, startDockerEngine } from "./harness/docker-engine.ts";
import { type MadeImage, newImage, newIndex, push } from "./harness/images.ts";
import { ask, type RegistryServer } from "./harness/registry-server.ts";
import { openSettings } from "./harness/settings.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { connectionTo, type Outcome, printCount, tagwise, told } from "./harness/tagwise.ts";

const clients = ["dockerd", "docker", "skopeo", "crane", "regctl"];

describeWith(clients, "the removal of exactly one tag", () => {
  const stage = openStage();
  let engine: DockerEngine;

  beforeAll(async () => {
    engine = await startDockerEngine(stage);
  });

  for (const setting of openSettings) {
    describeWith(setting.programs, `on ${setting.name}`, () => {
      let server: RegistryServer;

      beforeAll(async () => {
        server = await setting.start(stage);
        logIn(stage, server);
      });

      it.each<ClientName>(["docker", "skopeo", "crane", "regctl"])("leaves what %s pushed and pulls", async (name) => {
        const client = clientsOf(stage, server, engine)[name];
        const repository = `team/by-${name}`;
        const image = name === "docker" ? newImage() : newIndex();
        const digest = await client.push(`${server.host}/${repository}:latest`, image);
        await client.push(`${server.host}/${repository}:test1`, image);

        expect(await remove(repository, ["test1"])).toMatchObject({ tags: [{ tag: "test1", siblings: ["latest"] }] });
        expect(await tagsOf(server, repository)).toEqual({ latest: digest });
        expect(await client.pull(`${server.host}/${repository}:latest`)).toBe(digest);

        await undo();
        expect(await client.pull(`${server.host}/${repository}:test1`)).toBe(digest);
        expect(await tagsOf(server, repository)).toEqual({ latest: digest, test1: digest });
      });

      const lastLaw = setting.givesUpUntagged ? "for good, and says so" : "and undo brings it back";

      it(`removes the last tag of a manifest, ${lastLaw}`, async () => {
        const [image, other] = [newImage(), newImage()];
        await push(server, "team/last", image, ["only"]);
        await push(server, "team/last", other, ["other"]);
        const { tags } = await remove("team/last", ["only"]);
        expect(await tagsOf(server, "team/last")).toEqual({ other: other.digest });
        await expectUndo(tags, "team/last", { only: image.digest, other: other.digest });
      });

      it(`removes the last tag of a repository, ${lastLaw}`, async () => {
        const image = newImage();
        await push(server, "team/emptied", image, ["only"]);
        const { tags } = await remove("team/emptied", ["only"]);
        expect(await tagsOf(server, "team/emptied")).toEqual({});
        await expectUndo(tags, "team/emptied", { only: image.digest });
      });

      it("keeps every byte of an index of two platforms and an attestation", async () => {
        const index = newIndex();
        await push(server, "team/index", index, ["latest", "test1"]);
        await remove("team/index", ["test1"]);
        expect(await tagsOf(server, "team/index")).toEqual({ latest: index.digest });
        await expectWhole("team/index", index);
        await undo();
        expect(await tagsOf(server, "team/index")).toEqual({ latest: index.digest, test1: index.digest });
      });

      const isPutBackFirst = setting.strategy === "decoy"; // what overwrites must be able to put back
      const tornLaw = isPutBackFirst
        ? "refuses an index whose child is gone, until"
        : "removes an index whose child is gone, as where";
      it(`${tornLaw} it need not be put back`, async () => {
        const index = newIndex();
        await push(server, "team/torn", index, ["latest", "test1"]);
        const deletion = await ask(server, "DELETE", `/v2/team/torn/manifests/${index.children[0]?.digest}`);
        expect(deletion.status).toBe(202);
        if (isPutBackFirst) {
          const refused = await rm("team/torn", ["test1"]);
          expect(refused.code, told(refused)).toBe(4);
          expect(JSON.parse(refused.stdout)).toMatchObject({ tags: [{ outcome: "refused" }] });
          expect(await tagsOf(server, "team/torn")).toEqual({ latest: index.digest, test1: index.digest });
        }
        const removed = await rm("team/torn", ["test1"], isPutBackFirst ? ["--no-undo"] : []);
        expect(removed.code, told(removed)).toBe(0);
        expect(await tagsOf(server, "team/torn")).toEqual({ latest: index.digest });
        expect(await digestAt(server, "team/torn", index.digest)).toBe(index.digest);
      });

      it("removes 300 tags at once, and undo brings all of them back", async () => {
        const images = [newImage(), newImage(), newIndex()];
        const chosen = Array.from({ length: 300 }, (_, count) => `build-${count}`);
        for (const [place, image] of images.entries()) {
          const own = chosen.filter((_, count) => count % images.length === place);
          await push(server, "team/many", image, [...own, `release_${place}`]);
        }
        const before = await tagsOf(server, "team/many");
        const releases = Object.entries(before).filter(([tag]) => tag.startsWith("release"));
        const outcome = await remove("team/many", chosen);
        expect(outcome.tags).toHaveLength(300);
        expect(await tagsOf(server, "team/many")).toEqual(Object.fromEntries(releases));
        await undo();
        expect(await tagsOf(server, "team/many")).toEqual(before);
      });

      /** Runs `rm` with the references on standard input. */
      async function rm(repository: string, tags: readonly string[], flags: readonly string[] = []) {
        const input = tags.map((tag) => `${server.host}/${repository}:${tag}\n`).join("");
        const args = ["rm", "-", "--yes", "-o", "json", ...flags, ...connectionTo(server)];
        const removal = await tagwise(stage, args, { input });
        printCount(`${setting.name}, ${repository}`, removal);
        return removal;
      }

      /** Expects that all the tags are removed, by the right strategy, with each sibling read before and after. */
      async function remove(repository: string, tags: readonly string[]): Promise<Outcome> {
        const removal = await rm(repository, tags);
        expect(removal.code, told(removal)).toBe(0);
        const outcome: Outcome = JSON.parse(removal.stdout);
        expect(outcome).toMatchObject({ dryRun: false, proof: "siblings", moved: [], restored: [] });
        const { strategy } = setting;
        for (const tag of outcome.tags)
          expect(tag).toMatchObject({ repository: `${server.host}/${repository}`, outcome: "removed", strategy });
        return outcome;
      }

      /** Expects that undo keeps what the removal has said of it. */
      async function expectUndo(
        removed: Outcome["tags"],
        repository: string,
        stood: Readonly<Record<string, string>>,
      ): Promise<void> {
        const isUndoable = setting.givesUpUntagged !== true;
        expect(removed.map(({ undoable }) => undoable)).toEqual([isUndoable]);
        if (isUndoable) {
          await undo();
          expect(await tagsOf(server, repository)).toEqual(stood);
        } else {
          const before = await tagsOf(server, repository);
          const undone = await tagwise(stage, ["undo", ...connectionTo(server)]);
          expect(undone.code, told(undone)).toBe(1);
          expect(undone.stdout).toContain("are gone");
          expect(await tagsOf(server, repository)).toEqual(before);
        }
      }

      async function undo(): Promise<void> {
        const undone = await tagwise(stage, ["undo", "-o", "json", ...connectionTo(server)]);
        expect(undone.code, told(undone)).toBe(0);
      }

      async function expectWhole(repository: string, image: MadeImage): Promise<void> {
        for (const { digest, bytes } of [image, ...image.children]) {
          expect(await bytesAt(server, repository, digest)).toEqual(Buffer.from(bytes));
        }
      }
    });
  }
});
