import { expect, it } from "vitest";
import { keyedLock } from "./keyed-lock.ts";

it("runs shared work together and exclusive work alone, in the order it came", async () => {
  const lock = keyedLock();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name}(`);
    await turns();
    seen.push(`)${name}`);
  };
  await Promise.all([
    lock.shared("key", work("a")),
    lock.shared("key", work("b")),
    lock.exclusive("key", work("C")),
    lock.shared("key", work("d")),
    lock.exclusive("key", work("E")),
  ]);
  expect(seen.join(" ")).toBe("a( b( )a )b C( )C d( )d E( )E");
});

it("keeps keys apart", async () => {
  const lock = keyedLock();
  const inner = () => lock.exclusive("other", async () => "reached");
  expect(await lock.exclusive("one", inner)).toBe("reached");
});

it("goes on after work that fails, and tells only its caller", async () => {
  const lock = keyedLock();
  const failing = lock.exclusive("key", () => Promise.reject(new Error("no")));
  const next = lock.shared("key", async () => "next");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("next");
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}
