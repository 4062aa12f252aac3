import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { openRegistry } from "../support/sample-registry.ts";
import { setScene } from "./scene.ts";

describe("recover", () => {
  const scene = setScene();

  /** A registry on which removals were killed before their deletion was carried out, and which may refuse it later. */
  async function cutOff(repositories: readonly string[] = ["team/app"], refuses?: string) {
    let isHeld = false;
    let isOver = false;
    const registry = await openRegistry({
      async gate({ method, args }) {
        if (method === "putManifest" && args[1] === "1.0") isHeld = true;
        if (method !== "deleteManifest") return;
        if (isHeld && !isOver) await new Promise(() => {});
        if (isOver && args[0] === refuses) throw new RegistryError("DENIED", "not here");
      },
    });
    for (const repository of repositories) {
      await registry.push(repository, ["1.0", "latest"]);
      const interrupt = { at: /PUT \S+\/manifests\/1\.0 → 201/, by: "SIGKILL" } as const;
      await scene.tagwise(["rm", `${registry.host}/${repository}:1.0`, "--yes", "--verbose"], { interrupt });
      isHeld = false;
    }
    isOver = true;
    return registry;
  }
  const recover = async (...args: readonly string[]) => {
    const { code, stdout } = await scene.tagwise(["recover", "-o", "json", "--retries", "0", ...args]);
    const { tags } = JSON.parse(stdout);
    const ends = tags.map(({ repository, tag, outcome, code: why = "" }: Record<string, string>) =>
      `${repository}:${tag} ${outcome} ${why}`.trim(),
    );
    return { code, ends: ends.sort() };
  };

  it("says what it would do, and tells of each registry what became of it, also where one does not answer", async () => {
    const [down, up] = [await cutOff(), await cutOff()];
    await down.close();
    const [lost, found] = [`${down.host}/team/app:1.0`, `${up.host}/team/app:1.0`];
    const ended = (end: string) => [`${lost} failed UNREACHABLE`, `${found} ${end}`].sort();
    expect(await recover("--dry-run")).toEqual({ code: 3, ends: ended("planned") });
    const planned = JSON.parse((await scene.tagwise(["recover", up.host, "-n", "-o", "json"])).stdout).tags;
    expect(planned).toMatchObject([{ strategy: "decoy", digest: expect.stringMatching(/^sha256:/), undoable: true }]);
    expect(await up.tags("team/app")).toEqual(["1.0", "latest"]);
    expect(await recover("--yes")).toEqual({ code: 3, ends: ended("removed") });
    expect(await up.tags("team/app")).toEqual(["latest"]);
    expect(await recover(up.host, "--dry-run")).toEqual({ code: 0, ends: [] });
  });

  it("plans nothing for a tag that was pushed anew since", async () => {
    const registry = await cutOff();
    await registry.push("team/app", ["1.0"], { name: "pushed anew" });
    const kept = [`${registry.host}/team/app:1.0 kept`];
    expect(await recover(registry.host, "--dry-run")).toEqual({ code: 0, ends: kept });
    expect(await recover(registry.host, "--yes")).toEqual({ code: 0, ends: kept });
  });

  it.each([
    { refuses: "team/app", flags: [], code: 1, ends: ["team/app:1.0 restored DENIED"] },
    { refuses: "team/app", flags: ["--rollback"], code: 0, ends: ["team/app:1.0 restored"] },
    { refuses: "team/old", flags: [], code: 3, ends: ["team/app:1.0 removed", "team/old:1.0 restored DENIED"] },
  ])("ends with $code where $refuses refuses the deletion and is told $flags: $ends", async (row) => {
    const repositories = row.ends.map((end) => end.split(":")[0] ?? "");
    const { host } = await cutOff(repositories, row.refuses);
    const { code, ends } = await recover(host, "--yes", ...row.flags);
    expect([code, ends]).toEqual([row.code, row.ends.map((end) => `${host}/${end}`)]);
  });

  it("touches nothing outside of the part that was named", async () => {
    const registry = await cutOff();
    expect(await recover(`${registry.host}/other`, "--yes")).toEqual({ code: 0, ends: [] });
    expect(await registry.tags("team/app")).toEqual(["1.0", "latest"]);
    const { ends } = await recover(`${registry.host}/team`, "--yes");
    expect(ends).toEqual([`${registry.host}/team/app:1.0 removed`]);
  });
});
