import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { askHelper } from "./helper.ts";

it("a helper has 60 s for its answer, since a person may have to unlock a keychain", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tagwise-helper-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = `#!${process.execPath}\nsetTimeout(() => {}, 5000)`;
  await writeFile(join(folder, "docker-credential-x"), script, { mode: 0o755 });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let failure: unknown;
  askHelper("x", "r.example", { environment: { PATH: folder }, file: "config.json" }).catch((error) => {
    failure = error;
  });
  const after = (milliseconds: number) => {
    vi.advanceTimersByTime(milliseconds);
    return new Promise((resolve) => setImmediate(resolve));
  };
  await after(59_999);
  expect(failure).toBeUndefined();
  await after(1);
  expect(failure).toMatchObject({ message: expect.stringContaining("did not answer within 60 s") });
});
