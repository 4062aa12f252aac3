import { describe, expect, it, onTestFinished } from "vitest";
import { registryHandler } from "../../src/http/serving/handler.ts";
import { listen } from "../../src/http/serving/listen.ts";
import { bodyOf } from "../../src/wire/body.ts";
import type { Request } from "../../src/wire/transport.ts";
import { setScene } from "./scene.ts";

const scene = setScene({ behaveLike: "distribution2" });
const steering = "\u001b[31m\u0007\u009b2J\u202egnp.exe";
const steered = /[\p{Cc}\u202e]/u;
const errors = [{ code: `CODE ${steering}`, message: `no ${steering}`, detail: steering }];
const answer = {
  status: 403,
  headers: {
    "content-type": "application/json",
    "www-authenticate": 'Basic realm="\u009b2J"', // of all control characters a header takes those of C1 alone
    "docker-content-digest": "\u009b2J",
  },
  body: Buffer.from(JSON.stringify({ errors })),
};

/** A registry that refuses some requests with words that would steer a terminal. */
async function hostileTo(isRefused: (request: Request) => boolean): Promise<string> {
  const inner = registryHandler(scene.registry());
  const { port, close } = await listen(async (request) =>
    isRefused(request) ? { ...answer, body: bodyOf(answer.body) } : inner(request),
  );
  onTestFinished(close);
  return `127.0.0.1:${port}`;
}

/** What a command says on both streams in each format, without the ends of lines. */
function said(words: string): Promise<readonly string[]> {
  const formats = ["text", "json", "jsonl"].map(async (output) => {
    const args = [...words.split(" "), "--retries", "0", "-v", "-o", output];
    const { stdout, stderr } = await scene.tagwise(args, { input: "secret" });
    return (stdout + stderr).replaceAll("\n", " ");
  });
  return Promise.all(formats);
}

const changes = ["rm HOST/team/shop:1.4 --yes", "rm HOST/team/shop:1.4 --dry-run", "doctor HOST/team/shop"];
const greeting = ["login HOST --username me --password-stdin", "rm HOST/team/shop:1.4 --yes", "doctor HOST/team/shop"];
const all = [
  ...changes,
  "recover HOST/team/shop --yes",
  "ls HOST",
  "tags HOST/team/shop",
  "tags HOST/team/shop --fast",
  "inspect HOST/team/shop:1.4",
];

describe.each([
  { what: "the greeting", isRefused: () => true, commands: greeting },
  { what: "everything else", isRefused: ({ path }: Request) => path !== "/v2/", commands: all },
  { what: "deletions", isRefused: ({ method }: Request) => method === "DELETE", commands: changes },
  { what: "what is put back", isRefused: ({ method }: Request) => method === "PUT", commands: changes.slice(0, 2) },
])("where a registry refuses $what with words that steer a terminal", ({ isRefused, commands }) => {
  it.each(commands)("%s tells them so that they do not", async (words) => {
    const host = await hostileTo(isRefused);
    for (const text of await said(words.replace("HOST", host))) {
      expect(text).toContain("gnp.exe");
      expect(text).not.toMatch(steered);
    }
  });
});

it("undo tells them so that they do not", async () => {
  let isHostile = false;
  const host = await hostileTo(({ method }) => isHostile && method === "PUT");
  expect((await scene.tagwise(["rm", `${host}/team/alpine:test1`, "--yes"])).code).toBe(0);
  isHostile = true;
  for (const text of await said("undo")) {
    expect(text).toContain("gnp.exe");
    expect(text).not.toMatch(steered);
  }
});
