import { describe, expect, it } from "vitest";
import type { Session } from "../../src/app/session.ts";
import { intercept } from "../../src/decorators/intercept.ts";
import { memoryRegistry } from "../../src/memory/memory.ts";
import { mediaTypes } from "../../src/registry/image.ts";
import { parseTag } from "../../src/registry/names.ts";
import { parseRegistryPrefix } from "../../src/registry/reference.ts";
import { type Effects, effectsOn } from "../../src/tui/effects.ts";
import type { Message } from "../../src/tui/message.ts";
import type { World } from "../../src/tui/world.ts";
import { type Gate, newGate } from "../support/sample-registry.ts";
import { repository } from "./example.ts";

const tags = ["1.0", "1.1"].map(parseTag);
const address = parseRegistryPrefix("registry.example").registry;

describe("effects", () => {
  it("tell nothing of a listing that another one has replaced", async () => {
    const { effects, told } = await opened();
    effects.run({ do: "list-tags", repository });
    for (let turn = 0; turn < 500; turn++) await undefined; // the answers are there, and not told yet
    effects.run({ do: "list-tags", repository });
    await idle(effects);
    expect(told.map(({ is }) => is).filter((is) => is.startsWith("tags"))).toEqual(["tags", "tags-end"]);
  });

  it("tell nothing of a scan once another registry is opened, but that it ended", async () => {
    const gate = newGate();
    const { effects, told } = await opened(gate);
    effects.run({ do: "scan", job: 1, repository, tags, withFacts: false });
    await gate.reached;
    effects.run({ do: "connect", address, repository: undefined });
    gate.open();
    await idle(effects);
    expect(told).toContainEqual({ is: "job-end", job: 1 });
    expect(told.map(({ is }) => is)).not.toContain("rows");
  });
});

interface Opened {
  readonly effects: Effects;
  readonly told: readonly Message[];
}

/** Effects on a registry with two tags, whose HEADs wait at the gate. */
async function opened(gate?: Gate): Promise<Opened> {
  const store = memoryRegistry();
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));
  for (const tag of tags) await store.putManifest(repository, tag, { mediaType: mediaTypes.ociIndex, bytes });
  const registry = intercept(store, async (call, proceed) => {
    if (call.method === "resolve") await gate?.closed();
    return proceed();
  });
  const session: Pick<Session, "address" | "registry" | "shown"> = { address, registry, shown: registry };
  const world: Pick<World, "clock" | "concurrency" | "connect" | "rulesFor" | "remember"> = {
    clock: { now: () => new Date(), ticks: () => performance.now(), sleep: () => Promise.resolve() },
    concurrency: 4,
    connect: () => ({ session: session as Session, user: () => undefined }),
    rulesFor: () => ({ isReadOnly: false, isProduction: false, protectedBy: () => undefined }),
    remember: (name) => Promise.resolve([name]),
  };
  const journal = { list: () => Promise.resolve({ operations: [], unreadable: [] }) };
  const told: Message[] = [];
  const effects = effectsOn({ ...world, journal } as unknown as World, (messages) => void told.push(...messages));
  effects.run({ do: "connect", address, repository: undefined });
  await idle(effects);
  return { effects, told };
}

async function idle(effects: Effects): Promise<void> {
  await expect.poll(() => effects.isIdle(), { interval: 5 }).toBe(true);
}
