import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { closed, listening } from "../support/servers.ts";
import { setScene } from "./scene.ts";

const scene = setScene();

describe("the registry", () => {
  it.each([
    { flags: [], deletion: 404, upload: 202 },
    { flags: ["--no-delete"], deletion: 405, upload: 202 },
    { flags: ["--read-only"], deletion: 405, upload: 405 },
  ])("$flags answers a deletion with $deletion and an upload with $upload", async ({ flags, deletion, upload }) => {
    const { host, origin } = await closed();
    let end = () => {};
    const at = new Promise<void>((resolve) => {
      end = resolve;
    });
    const run = scene.tagwise(["registry", "--addr", host, ...flags], { interrupt: { at, by: "SIGTERM" } });
    const statusOf = async (method: string, path: string) => (await fetch(`${origin}/v2/${path}`, { method })).status;
    await expect.poll(() => statusOf("GET", "").catch(() => 0), { timeout: 20_000 }).toBe(200);
    expect(await statusOf("DELETE", `app/manifests/sha256:${"0".repeat(64)}`)).toBe(deletion);
    expect(await statusOf("POST", "app/blobs/uploads/")).toBe(upload);
    end();
    expect(await run).toMatchObject({ code: 0, stderr: "" });
  });
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 143],
] as const)("by %s a command ends with %i", async (by, code) => {
  const server = createServer(); // it never answers
  const at = once(server, "request");
  const { host } = await listening(server, "http");
  expect((await scene.tagwise(["ls", host], { interrupt: { at, by } })).code).toBe(code);
});
