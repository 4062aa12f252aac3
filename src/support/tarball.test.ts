import { expect, it } from "vitest";
import { tarball } from "./tarball.ts";

const modified = new Date("2026-01-02T03:04:05Z");

it("writes whole blocks, a header and the content of each file, and an end", () => {
  const archive = Buffer.from(
    tarball({ "etc/motd": new TextEncoder().encode("hello"), empty: new Uint8Array() }, modified),
  );
  expect(archive.length).toBe(512 + 512 + 512 + 1024);
  expect(archive.toString("latin1", 0, 8)).toBe("etc/motd");
  expect(archive.toString("latin1", 124, 135)).toBe("00000000005");
  expect(archive.toString("latin1", 512, 517)).toBe("hello");
  expect(archive.subarray(-1024).every((byte) => byte === 0)).toBe(true);
});

it("writes the checksum that readers add up", () => {
  const block = Buffer.from(tarball({ a: new Uint8Array() }, modified)).subarray(0, 512);
  const stated = Number.parseInt(block.toString("latin1", 148, 154), 8);
  block.fill(" ", 148, 156);
  expect(stated).toBe(block.reduce((sum, byte) => sum + byte, 0));
});

it("refuses a path that does not fit", () => {
  expect(() => tarball({ ["a".repeat(101)]: new Uint8Array() }, modified)).toThrow(RangeError);
});
