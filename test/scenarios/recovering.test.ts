import { describe, expect, it } from "vitest";
import { openRegistry } from "../support/sample-registry.ts";
import { setScene } from "./scene.ts";

describe("recover", () => {
  const scene = setScene();

  /** A registry on which a removal was killed before its deletion was carried out. */
  async function cutOff() {
    let isHeld = false;
    const registry = await openRegistry({
      async gate({ method, args }) {
        if (method === "putManifest" && args[1] === "1.0") isHeld = true;
        if (method === "deleteManifest" && isHeld) await new Promise(() => {});
      },
    });
    await registry.push("team/app", ["1.0", "latest"]);
    const interrupt = { at: /PUT \S+\/manifests\/1\.0 → 201/, by: "SIGKILL" } as const;
    await scene.tagwise(["rm", `${registry.host}/team/app:1.0`, "--yes", "--verbose"], { interrupt });
    isHeld = false;
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

  it("touches nothing outside of the part that was named", async () => {
    const registry = await cutOff();
    expect(await recover(`${registry.host}/other`, "--yes")).toEqual({ code: 0, ends: [] });
    expect(await registry.tags("team/app")).toEqual(["1.0", "latest"]);
    const { ends } = await recover(`${registry.host}/team`, "--yes");
    expect(ends).toEqual([`${registry.host}/team/app:1.0 removed`]);
  });
});
