import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "../../support/random-tree.ts";
import type { Client } from "./clients.ts";
import type { Said } from "./collectors.ts";
import { bytesAt } from "./contents.ts";
import { digestOf, type MadeImage, newImage, newIndex, push, putManifest, variantOf } from "./images.ts";
import { ask, type RegistryServer } from "./registry-server.ts";
import { run } from "./run.ts";
import type { Stage } from "./stage.ts";

/** Somebody who works on a registry as people do, on tags of his own. */
export interface Worker {
  readonly name: string;
  readonly server: RegistryServer;
  readonly chance: Chance;
  readonly repositories: readonly string[];
  /** Pushes through a real client now and then. */
  readonly client?: Client;
  /** Images that were pushed and deleted before, by anybody: they are pushed again. */
  readonly known: MadeImage[];
  /** What must stand: each tag's last acknowledged push. */
  readonly standing: Map<string, MadeImage>;
  readonly counts: Map<string, number>;
  /** Digests that somebody pushes or deletes just now: a registry that does both at once may end either way. */
  readonly touched: Set<string>;
}

/** Works until the time is over. What a registry refuses is counted and not held against anybody. */
export async function workUntil(worker: Worker, end: number): Promise<void> {
  for (let step = 0; performance.now() < end; step++) {
    const act = worker.chance.one(acts);
    await act(worker, step).then(
      () => count(worker, `${act.name}`),
      () => count(worker, `${act.name} refused`),
    );
    await pause(worker.chance.below(60));
  }
}

type Act = (worker: Worker, step: number) => Promise<void>;

const acts: readonly Act[] = [pushNew, pushNew, pushAgain, pushAgain, pushVariant, mount, remove, pull, pull];

function newTag(
  worker: Worker,
  step: number,
): { readonly repository: string; readonly tag: string; readonly key: string } {
  const repository = worker.chance.one(worker.repositories);
  const tag = `${worker.name}-${step % 12}`;
  return { repository, tag, key: `${repository}:${tag}` };
}

async function pushImage(worker: Worker, step: number, image: MadeImage): Promise<void> {
  const { server, client, known } = worker;
  await tagging(worker, step, image, async ({ repository, tag }) => {
    if (client === undefined || worker.chance.happens(0.7)) await push(server, repository, image, [tag]);
    else await client.push(`${server.host}/${repository}:${tag}`, image);
  });
  known.push(image);
}

type NewTag = ReturnType<typeof newTag>;

/** Points a tag of the worker's own at an image; from the acknowledgement on it must stand. */
async function tagging(
  worker: Worker,
  step: number,
  image: MadeImage,
  work: (to: NewTag) => Promise<void>,
): Promise<void> {
  const to = newTag(worker, step);
  await alone(worker, image, async () => {
    worker.standing.delete(to.key); // while it is pushed, either may stand
    await work(to);
    worker.standing.set(to.key, image);
  });
}

async function alone({ touched }: Worker, { digest }: MadeImage, work: () => Promise<void>): Promise<void> {
  if (touched.has(digest)) return;
  touched.add(digest);
  await work().finally(() => touched.delete(digest));
}

function pushNew(worker: Worker, step: number): Promise<void> {
  return pushImage(worker, step, worker.chance.happens(0.3) ? newIndex() : newImage());
}

/** The very same image that was perhaps swept a moment ago: the cache may tell of blobs that are not there. */
async function pushAgain(worker: Worker, step: number): Promise<void> {
  const { known, chance } = worker;
  if (known.length > 0) await pushImage(worker, step, chance.one(known));
}

/** A client that asks for each blob first, and sends none that it is told of. */
async function pushVariant(worker: Worker, step: number): Promise<void> {
  const { known, chance, server } = worker;
  const base = known.length === 0 ? undefined : chance.one(known);
  if (base === undefined || base.children.length > 0) return;
  const image = variantOf(base, `${worker.name} ${step}`);
  await tagging(worker, step, image, async ({ repository, tag }) => {
    for (const blob of base.blobs) {
      const { status } = await ask(server, "HEAD", `/v2/${repository}/blobs/${digestOf(blob)}`);
      if (status !== 200) throw new Error("not there");
    }
    await putManifest(server, repository, tag, image);
  });
}

/** Blobs of one repository are made known in another without being sent. */
async function mount(worker: Worker, step: number): Promise<void> {
  const { known, chance, server } = worker;
  const base = known.length === 0 ? undefined : chance.one(known);
  if (base === undefined || base.children.length > 0) return;
  const from = chance.one(worker.repositories);
  await tagging(worker, step, base, async ({ repository, tag }) => {
    for (const blob of base.blobs) {
      const path = `/v2/${repository}/blobs/uploads/?mount=${digestOf(blob)}&from=${from}`;
      if ((await ask(server, "POST", path)).status !== 201) throw new Error("not mounted");
    }
    await putManifest(server, repository, tag, base);
  });
}

/** The manifest goes with all of its tags; they are found among everybody's. */
async function remove(worker: Worker): Promise<void> {
  const { standing, chance, server } = worker;
  const key = [...standing.keys()].filter((one) => one.includes(`:${worker.name}-`)).at(chance.below(3));
  const image = key === undefined ? undefined : standing.get(key);
  if (key === undefined || image === undefined) return;
  const [repository = ""] = key.split(":");
  await alone(worker, image, async () => {
    for (const [other, stands] of standing) {
      if (other.startsWith(`${repository}:`) && stands.digest === image.digest) standing.delete(other);
    }
    await ask(server, "DELETE", `/v2/${repository}/manifests/${image.digest}`);
  });
}

async function pull(worker: Worker): Promise<void> {
  const { standing, chance, server } = worker;
  const entry = [...standing].at(chance.below(standing.size));
  if (entry === undefined) return;
  const [key, image] = entry;
  const [repository = ""] = key.split(":");
  const fault = await faultOf(server, repository, image);
  if (fault !== undefined && standing.get(key) === image) throw new Error(fault);
}

/** Reads an image whole and verifies every digest; tells what is wrong, or nothing. */
export async function faultOf(
  server: RegistryServer,
  repository: string,
  image: MadeImage,
): Promise<string | undefined> {
  const bytes = await bytesAt(server, repository, image.digest).catch((error: Error) => error);
  if (bytes instanceof Error) return bytes.message;
  if (digestOf(bytes) !== image.digest) return `${repository}@${image.digest} holds other bytes`;
  for (const blob of image.blobs) {
    const path = `/v2/${repository}/blobs/${digestOf(blob)}`;
    const answer = await ask(server, "GET", path).catch((error: Error) => error);
    if (answer instanceof Error) return `${path}: ${answer.message}`;
    if (answer.status !== 200 || digestOf(answer.body) !== digestOf(blob)) return `${path}: ${answer.status}`;
  }
  for (const child of image.children) {
    const fault = await faultOf(server, repository, child);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function count({ counts }: Worker, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

interface Collecting {
  /** The arguments of `tagwise`. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly chance: Chance;
  readonly counts: Map<string, number>;
  /** Takes in when each run began and how it ended, for whoever must find out what went wrong. */
  readonly diary: string[];
}

/** Collects again and again until the time is over; every third run is killed at some moment. */
export async function collectUntil(
  stage: Stage,
  end: number,
  program: readonly string[],
  collecting: Collecting,
): Promise<void> {
  const { command, environment, chance, counts, diary } = collecting;
  const add = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  while (performance.now() < end) {
    const began = new Date().toISOString();
    const isKilled = chance.happens(0.35);
    const killing = new AbortController();
    const timer = isKilled ? setTimeout(() => killing.abort(), 500 + chance.below(2_500)) : undefined;
    const options = { signal: killing.signal, ...(environment && { environment }) };
    const { code, stdout, stderr } = await run(stage, process.execPath, [...program, ...command], options);
    clearTimeout(timer);
    const ends = code === 0 ? endsOf(JSON.parse(stdout)) : [code === undefined ? "killed" : `stopped (${code})`];
    for (const what of ends) add(`collections ${what}`);
    diary.push(`${began} ${ends.join(", ")} ${code === 0 ? "" : stdout.slice(0, 500)}${stderr.slice(0, 500)}`);
  }
}

function endsOf({ blobs, restored }: Said): readonly string[] {
  return ["done", ...(blobs.swept.length > 0 ? ["that swept"] : []), ...(restored.length > 0 ? ["that put back"] : [])];
}
