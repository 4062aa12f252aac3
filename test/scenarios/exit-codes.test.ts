import type { IncomingMessage, ServerResponse } from "node:http";
import { hash } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import { openRegistry } from "../support/sample-registry.ts";
import { serving } from "../support/servers.ts";
import { setScene } from "./scene.ts";

const digest = `sha256:${"a".repeat(64)}`;

/** A registry that lists `a` and `b`, and answers to each by itself. */
function listing(statusOf: (tag: string) => number) {
  return ({ url = "" }: IncomingMessage, answer: ServerResponse) => {
    const tag = /\/manifests\/(\w+)$/.exec(url)?.[1];
    const status = tag === undefined ? 200 : statusOf(tag);
    const type = tag === undefined ? "application/json" : "application/vnd.oci.image.manifest.v1+json";
    const missing = '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}';
    const body = tag === undefined ? '{"name":"app","tags":["a","b"]}' : status === 404 ? missing : "{}";
    answer.writeHead(status, { "content-type": type, "content-length": body.length, "docker-content-digest": digest });
    answer.end(body);
  };
}

describe("what a registry answers in its own way", () => {
  const scene = setScene();

  it.each([
    { what: "all that was asked", statuses: { a: 200, b: 200 }, code: 0 },
    { what: "a tag that is listed without a manifest", statuses: { a: 200, b: 404 }, code: 0 },
    { what: "one of two tags", statuses: { a: 200, b: 500 }, code: 3 },
    { what: "none, by its own fault", statuses: { a: 500, b: 500 }, code: 1 },
    { what: "none, since it must not", statuses: { a: 403, b: 403 }, code: 4 },
  ])("tags of which it reads $what ends with $code", async ({ statuses, code }) => {
    const { host } = await serving(listing((tag) => statuses[tag as "a" | "b"]));
    const args = ["tags", `${host}/app`, "--fast", "--retries", "0"];
    for (const output of ["json", "jsonl"]) expect((await scene.tagwise([...args, "-o", output])).code).toBe(code);
  });

  it("tags knows no siblings where it could not read one of the tags, which may share any manifest", async () => {
    let isAsked = false;
    const { host, push } = await openRegistry({
      async gate({ args }) {
        if (args[1] === "c" && isAsked) throw new RegistryError("UNKNOWN", "not this one");
      },
    });
    await push("app", ["a", "b", "c"]);
    const siblings = async () => {
      const { stdout } = await scene.tagwise(["tags", `${host}/app`, "-o", "json", "--retries", "0"]);
      return JSON.parse(stdout).tags.map((tag: { siblings: unknown }) => tag.siblings);
    };
    expect(await siblings()).toEqual([
      ["b", "c"],
      ["a", "c"],
      ["a", "b"],
    ]);
    isAsked = true;
    expect(await siblings()).toEqual([null, null, null]);
  });

  it.each([
    { what: "does not know", code: "MANIFEST_UNKNOWN", siblings: ["b"], shown: "b" },
    { what: "fails to read", code: "UNKNOWN", siblings: null, shown: "?" },
    { what: "must not let be read", code: "DENIED", siblings: null, shown: "?" },
  ] as const)("inspect shows $shown for the siblings where there is a tag that the registry $what", async (row) => {
    let isAsked = false;
    const { host, push } = await openRegistry({
      async gate({ args }) {
        if (args[1] === "c" && isAsked) throw new RegistryError(row.code, "not this one");
      },
    });
    await push("app", ["a", "b", "c"]);
    isAsked = true;
    const inspect = ["inspect", `${host}/app:a`, "--retries", "0"];
    const json = await scene.tagwise([...inspect, "-o", "json"]);
    expect([json.code, JSON.parse(json.stdout).siblings]).toEqual([0, row.siblings]);
    expect(json.stderr).toContain("c cannot be read");
    const { stdout } = await scene.tagwise(inspect);
    expect(/^siblings +(.*)$/m.exec(stdout)?.[1]).toBe(row.shown);
  });

  it.each([
    [405, "UNSUPPORTED", /tagwise doctor/],
    [409, "LOCKED", /rule|lock/],
    [413, "UNKNOWN", /--verbose/],
    [429, "TOOMANYREQUESTS", /--rate 5/],
    [500, "UNKNOWN", /try again later/],
  ])("an answer %i is %s, and what to do about it fits", async (status, code, next) => {
    const { host } = await serving((_, answer) => answer.writeHead(status).end());
    const { stdout } = await scene.tagwise(["inspect", `${host}/app:a`, "-o", "json", "--retries", "0"]);
    expect(JSON.parse(stdout).error).toMatchObject({ code, next: expect.stringMatching(next) });
  });

  it("rm of a tag that cannot be read has failed, and was not refused", async () => {
    const { host } = await serving(listing(() => 500));
    const { code, stdout } = await scene.tagwise(["rm", `${host}/app:a`, "--yes", "-o", "json", "--retries", "0"]);
    expect([code, JSON.parse(stdout).tags[0].outcome]).toEqual([1, "failed"]);
  });

  it("doctor takes a web server for none", async () => {
    const { host } = await serving((_, answer) => {
      answer.setHeader("content-type", "text/html; charset=utf-8");
      answer.end("<!doctype html>");
    });
    const { code, stdout } = await scene.tagwise(["doctor", `${host}/app`, "-o", "json"]);
    expect([code, JSON.parse(stdout).error?.code]).toEqual([1, "NO_REGISTRY"]);
  });

  it("doctor takes a gateway that tells of a failure for no web server", async () => {
    const { host } = await serving((_, answer) => {
      answer.writeHead(503, { "content-type": "text/html" });
      answer.end("<!doctype html>");
    });
    const { code, stdout } = await scene.tagwise(["doctor", `${host}/app`, "-o", "json", "--retries", "0"]);
    expect([code, JSON.parse(stdout).error?.code]).toEqual([1, "UNAVAILABLE"]);
  });

  it("doctor of a registry that wants to know who asks says how to log in", async () => {
    const { host } = await openRegistry({ htpasswd: `me:${await hash("open sesame", 4)}\n` });
    const { code, stdout } = await scene.tagwise(["doctor", `${host}/app`]);
    expect([code, stdout]).toEqual([4, expect.stringContaining(`log in with: tagwise login ${host}`)]);
  });

  it("undo takes no other operation for the last one, where that removed nothing", async () => {
    const alpine = `${scene.host()}/team/alpine`;
    const { operation } = JSON.parse((await scene.tagwise(["rm", `${alpine}:test1`, "--yes", "-o", "json"])).stdout);
    let deletions = 0;
    const { host, push } = await openRegistry({
      async gate({ method }) {
        // the first only asks whether deletion is on
        if (method === "deleteManifest" && ++deletions > 1) throw new RegistryError("LOCKED", "a rule keeps it");
      },
    });
    await push("app", ["a"]);
    const kept = await scene.tagwise(["rm", `${host}/app:a`, "--yes", "-o", "json"]);
    expect([kept.code, JSON.parse(kept.stdout).tags[0].outcome]).toEqual([1, "restored"]);
    const undone = await scene.tagwise(["undo"]);
    expect(undone.code).toBe(1);
    expect(undone.stderr).toMatch(new RegExp(`on ${host}\\) removed nothing\n.*tagwise undo ${operation}`));
    expect((await scene.tagwise(["undo", operation])).code).toBe(0);
  });
});
