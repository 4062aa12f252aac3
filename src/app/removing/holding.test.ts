import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parseRepositoryName } from "../../registry/names.ts";
import { parseRegistryPrefix } from "../../registry/reference.ts";
import { holding } from "./holding.ts";

const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));

it.each([
  ["localhost:5000", "127.0.0.1:5000", "BUSY"],
  ["[::1]:5000", "https://LOCALHOST:05000", "BUSY"],
  ["registry.test", "registry.test:443", "BUSY"],
  ["[fd00::1]:5000", "[fd00:0::01]:5000", "BUSY"],
  ["docker.io", "index.docker.io", "BUSY"],
  ["localhost:5000", "localhost:5001", "free"],
  ["registry.test", "other.test", "free"],
])("holding() a repository at %s, the same at %s is %s", async (one, other, found) => {
  const directory = await mkdtemp(join(tmpdir(), "tagwise-holding-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const hold = <Result>(registry: string, work: () => Promise<Result>) => {
    const session = { address: parseRegistryPrefix(registry).registry };
    const options = { locks: [directory], wait: 0, clock: { sleep } };
    return holding(session, [{ repository: parseRepositoryName("team/app") }], options, work);
  };
  const second = () => hold(other, async () => "free").catch(({ said }: { readonly said?: string }) => said);
  expect(await hold(one, second)).toBe(found);
  expect(await hold(other, async () => "free")).toBe("free");
});
