import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { describe as descriptorOf } from "../../src/registry/image.ts";
import { parseTag } from "../../src/registry/names.ts";
import { parseRegistryPrefix } from "../../src/registry/reference.ts";
import { app, pushed } from "../suites/registry/contents.ts";
import { digestAt } from "../suites/untag/audit.ts";
import { cutOff, recover } from "../suites/untag/cut-off.ts";
import { openStage } from "../suites/untag/stage.ts";

const [v1, v2] = [parseTag("v1"), parseTag("v2")];

describe("a recovery that is misled", () => {
  it("by a later removal on another registry still puts a lost sibling back", async () => {
    const stage = await openStage();
    const { digest, made } = await cutOff(stage, "native");
    const elsewhere = await stage.journal.name(new Date(1), new Uint8Array(16));
    await stage.journal.begin({
      operation: elsewhere,
      at: new Date(1),
      registry: parseRegistryPrefix("other.example").registry,
      manifests: new Map([[digest, made]]),
      repositories: [{ repository: app, strategy: "native", tags: [{ tag: v2, digest }], siblings: new Map() }],
    });
    const outcomes = [{ tag: v2, digest, outcome: "removed" }] as const;
    await stage.journal.record(elsewhere, { step: "outcomes", repository: app, outcomes });
    await stage.journal.record(elsewhere, { step: "closed", state: "done" });
    await recover(stage);
    expect(await digestAt(stage.bare, app, v2)).toBe(digest);
  });

  it.each(["decoy", "native"] as const)(
    "by damaged bytes in the journal points no tag at them (%s)",
    async (strategy) => {
      const stage = await openStage();
      const { operation, digest, made, decoy } = await cutOff(stage, strategy);
      const file = join(stage.directory, "journal", `${operation}.jsonl`);
      const good = Buffer.from(made.bytes).toString("base64");
      if (strategy === "decoy") {
        const step = {
          step: "decoy",
          repository: app,
          digest: descriptorOf(decoy).digest,
          manifest: decoy,
          tags: [v1],
        } as const;
        await stage.journal.record(operation, step);
      }
      const text = readFileSync(file, "utf8");
      const bad = Buffer.from(`${Buffer.from(made.bytes)}`.replace(":", ": ")).toString("base64");
      expect(text).toContain(good);
      writeFileSync(file, text.replace(good, bad));
      await recover(stage, true);
      for (const tag of [v1, v2]) {
        expect([undefined, digest, descriptorOf(decoy).digest]).toContain(await digestAt(stage.bare, app, tag));
      }
    },
  );

  it("by a sibling that shared no manifest does not forget that it was lost", async () => {
    const [longer, prefix] = [parseTag("v1.2"), parseTag("v1")];
    let isReadOnly = false;
    const stage = await openStage({
      profile: "distribution3",
      inside: (registry) => ({
        ...registry,
        async deleteTag(repository, tag, by) {
          await registry.deleteTag(repository, tag, by);
          if (tag === prefix) await registry.deleteTag(repository, longer); // as keys in a bucket go
        },
      }),
      async through({ method }, proceed) {
        if (isReadOnly && method === "putManifest") throw new RegistryError("UNAVAILABLE", "maintenance");
        return proceed();
      },
    });
    await pushed(stage.bare, "one", [prefix, v2]);
    const { descriptor } = await pushed(stage.bare, "two", [longer]);
    isReadOnly = true;
    const { code, document } = await stage.remove([{ repository: app, targets: [{ tag: prefix }] }]);
    expect([code, document.lost]).toEqual([5, [longer]]);
    expect((await recover(stage))[0]?.lost).toEqual([longer]); // it is still away
    isReadOnly = false;
    expect((await recover(stage))[0]?.restored).toEqual([longer]);
    expect(await digestAt(stage.bare, app, longer)).toBe(descriptor.digest);
    expect(await recover(stage)).toEqual([]);
  });

  it("by a journal that has lost its last lines knows its decoy all the same", async () => {
    const stage = await openStage();
    const { digest } = await cutOff(stage, "decoy"); // whose step is not in it
    const [report] = await recover(stage, true);
    expect(report?.tags[0]?.outcome.outcome).toBe("restored");
    expect(await digestAt(stage.bare, app, v1)).toBe(digest);
  });
});
