import { expect, it } from "vitest";
import { memoryRegistry } from "../memory/memory.ts";
import { RegistryError } from "../registry/errors.ts";
import { parseRepositoryName } from "../registry/names.ts";
import { intercept } from "./intercept.ts";
import { retrying } from "./retrying.ts";

it("asks no more once nobody wants the page, does not wait to its end, and says why", async () => {
  const controller = new AbortController();
  const calls: string[] = [];
  const busy = intercept(memoryRegistry(), async ({ method }) => {
    calls.push(method);
    setImmediate(() => controller.abort(new Error("left")));
    throw new RegistryError("UNAVAILABLE", "busy");
  });
  const registry = retrying(busy, { firstWait: 3_600_000, longestWait: 3_600_000, random: () => 1 });
  const { signal } = controller;
  await expect(registry.listTags(parseRepositoryName("team/app"), { signal })).rejects.toThrow("left");
  await expect(registry.listRepositories({ signal })).rejects.toThrow("left");
  expect(calls).toEqual(["listTags", "listRepositories"]);
});
