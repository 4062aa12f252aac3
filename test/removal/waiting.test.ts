import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { httpRegistry } from "../../src/http/client/client.ts";
import { connection } from "../../src/http/connection/connection.ts";
import { describe as described } from "../../src/registry/image.ts";
import { isTag, parseDigest } from "../../src/registry/names.ts";
import { app } from "../suites/registry/contents.ts";
import { chosen, furnish } from "../suites/untag/scene.ts";
import { openStage } from "../suites/untag/stage.ts";
import { serving } from "../support/servers.ts";

describe("a removal by decoy", () => {
  it("waits without end for the deletion of what its tags stand on, and of nothing else", async () => {
    const { bare, remove, calls } = await openStage();
    await furnish(bare);
    expect((await remove(chosen)).code).toBe(0);
    const onTags = new Set<string>();
    for (const call of calls)
      if (call.method === "putManifest" && isTag(call.args[1])) onTags.add(described(call.args[2]).digest);
    const deletions = calls.flatMap((call) => (call.method === "deleteManifest" ? [call.args] : []));
    const lasting = deletions.map(([, digest, options]) => [onTags.has(digest), options?.lasting === true]);
    expect(lasting).toContainEqual([true, true]);
    expect(lasting).toContainEqual([false, false]);
    expect(lasting.filter(([isOurs, waits]) => isOurs !== waits)).toEqual([]);
  });
});

describe("deleteManifest()", () => {
  it("is given up where the registry never answers, unless it is to last", async () => {
    const digest = parseDigest(`sha256:${"a".repeat(64)}`);
    const unanswered: ServerResponse[] = [];
    const origin = await serving(({ method }, response) => {
      if (method === "DELETE") unanswered.push(response);
      else response.end("{}");
    });
    const registry = httpRegistry(connection(origin, { timeout: 300, concurrency: 1 }));
    const lasting = registry.deleteManifest(app, digest, { lasting: true });
    for (let n = 0; n < 2; n++)
      await expect(registry.deleteManifest(app, digest)).rejects.toMatchObject({ code: "LOST" });
    for (const response of unanswered) response.writeHead(202).end();
    await lasting;
  });
});
