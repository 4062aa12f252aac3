import { readFileSync } from "node:fs";
import { spawn } from "@lydell/node-pty";
import { pushImage } from "../src/app/serving/sample-building.ts";
import { registryHandler } from "../src/http/serving/handler.ts";
import { listen } from "../src/http/serving/listen.ts";
import { memoryRegistry } from "../src/memory/memory.ts";
import { parseRepositoryName, parseTag } from "../src/registry/names.ts";
import { bodyOf } from "../src/wire/body.ts";
import type { Stage } from "../test/real/harness/stage.ts";
import { commandLine } from "../test/real/harness/tagwise.ts";
import { timed } from "./measure.ts";
import type { Benchmark } from "./run.ts";

const size = { width: 120, height: 40 };
const tags = 100_000;
const repository = parseRepositoryName("team/app");

/** The budgets, at 120x40 with 100,000 tags. */
const budgets = { first: 150, p50: 2, p99: 10, bytes: 2_048, megabytes: 160 };

/** The terminal UI over a repository of 100,000 tags, beside its budgets. */
export const benchmark: Benchmark = async (stage) => {
  let atAnswer = 0;
  const { port, close, answeredAt, parsing } = await crowdedRegistry(() => (atAnswer = ui.processorTime()));
  const ui = openPty(stage, `127.0.0.1:${port}`);
  await ui.until(/team\/app/);
  await ui.idle();
  await ui.key("\r");
  await ui.until(/v0\.0\.\d+/);
  const first = ui.firstRow() - answeredAt();
  const work = ui.processorTime() - atAnswer;
  await ui.idle();
  const sentences: string[] = [];
  for (const [name, keys] of Object.entries(walks)) sentences.push(await walkSentence(ui, name, keys));
  await ui.idle();
  const before = ui.processorTime();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const idle = ui.processorTime() - before;
  const memory = ui.megabytes();
  sentences.push(...(await previewSentences(ui)));
  ui.end();
  await close();
  return [
    ...sentences,
    `first row ${first.toFixed(0)} ms after the answer with the tags began (budget ${budgets.first}), ${work} ms of processor; JSON.parse of that answer alone takes ${parsing.toFixed(0)} ms here`,
    `${memory} MB resident (budget ${budgets.megabytes}); ${idle} ms of processor in 2 s without a key (budget 0)`,
  ];
};

async function walkSentence(ui: Pty, name: string, keys: readonly string[]): Promise<string> {
  const drawn: Awaited<ReturnType<Pty["key"]>>[] = [];
  const before = ui.processorTime();
  for (const key of keys) drawn.push(await ui.key(key));
  const processor = (ui.processorTime() - before) / keys.length;
  const milliseconds = (share: number) =>
    quantile(
      drawn.map((one) => one.milliseconds),
      share,
    ).toFixed(2);
  const bytes = drawn.map((one) => one.bytes);
  return [
    `${name}: a key drawn in p50 ${milliseconds(0.5)} ms (budget ${budgets.p50})`,
    `p99 ${milliseconds(0.99)} ms (${budgets.p99})`,
    `${processor.toFixed(1)} ms of processor; ${quantile(bytes, 0.5)} bytes a key`,
    `${Math.max(...bytes)} at most (${budgets.bytes})`,
  ].join(", ");
}

/** All tags are marked and planned, and the plan is looked through. */
async function previewSentences(ui: Pty): Promise<readonly string[]> {
  for (const key of ["2", selectAll, "d", "p"]) await ui.key(key); // p: the listing is proof enough
  await ui.until(/tags to remove; /);
  await ui.idle();
  return [await walkSentence(ui, `a preview of ${tags} marks`, repeated(["j", "\u0006", "G", "k", "g"], 500))];
}

const selectAll = "\u0001";

const walks: Readonly<Record<string, readonly string[]>> = {
  "in a page": repeated(["j", "k"], 150),
  scrolling: repeated(["j"], 300),
  paging: repeated(["\u0006", "\u0006", "\u0002"], 60),
  marking: repeated([" "], 100),
  "ends and pages": repeated(["G", "g"], 50),
  filtering: ["/", "v", "0", ".", "1", "2", "\u007f", "\u007f", "\u007f", "\u007f", "\u0003"],
  "filtering with gaps": ["/", "v", "0", "1", "2", "3", "\u007f", "\u007f", "\u007f", "\u007f", "\u0003"],
  // a lone ESC may begin another key: it is waited for that long, whatever is drawn
  "Esc, which the terminal leaves open for 40 ms": repeated(["\u001b"], 10),
};

function repeated(keys: readonly string[], count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => keys[index % keys.length] ?? "");
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Crowded {
  readonly port: number;
  /** When the registry began to send the tags. */
  readonly answeredAt: () => number;
  /** Milliseconds that reading the JSON of the tags takes at this moment, and nothing else. */
  readonly parsing: number;
  close(): Promise<void>;
}

/** One image a tenth of the tags; the listing is ready before it is asked for. */
async function crowdedRegistry(onListing: () => void): Promise<Crowded> {
  const store = memoryRegistry();
  for (let image = 0; image < 10; image++) {
    const layers = [{ name: Buffer.from(`image ${image}`) }];
    const recipe = { platform: { os: "linux", architecture: "amd64" }, created: new Date(image * 86_400_000), layers };
    const { digest } = await pushImage({ registry: store, repository }, recipe);
    const manifest = await store.getManifest(repository, digest);
    for (let tag = image; tag < tags; tag += 10) await store.putManifest(repository, parseTag(nameOf(tag)), manifest);
  }
  const page = await store.listTags(repository);
  const body = Buffer.from(JSON.stringify({ name: repository, tags: page.items }));
  const handler = registryHandler(store);
  let answeredAt = 0;
  const { port, close } = await listen(async (request) => {
    if (!request.path.endsWith("/tags/list")) return handler(request);
    answeredAt = performance.now();
    onListing();
    return {
      status: 200,
      headers: { "content-type": "application/json", "content-length": `${body.length}` },
      body: bodyOf(body),
    };
  });
  const parsing = await timed(async () => JSON.parse(body.toString()));
  return { port, answeredAt: () => answeredAt, parsing, close };
}

/** As releases are named. */
function nameOf(tag: number): string {
  return `v${Math.floor(tag / 10_000)}.${Math.floor(tag / 100) % 100}.${tag % 100}`;
}

interface Pty {
  until(wanted: RegExp): Promise<void>;
  /** When the first row was there. */
  firstRow(): number;
  idle(): Promise<void>;
  key(key: string): Promise<{ readonly milliseconds: number; readonly bytes: number }>;
  megabytes(): number;
  /** Milliseconds. */
  processorTime(): number;
  end(): void;
}

/** Marks of the program: `\u001b]7777;frame;RECEIVED;…` behind each frame, and the same with `idle`. */
function openPty(stage: Stage, place: string): Pty {
  const home = stage.newDirectory("home");
  const environment = {
    HOME: home,
    XDG_STATE_HOME: home,
    XDG_CACHE_HOME: home,
    XDG_RUNTIME_DIR: home,
    PATH: process.env.PATH ?? "",
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    TAGWISE_UI_MARKS_IDLE: "1",
  };
  const pty = spawn(process.execPath, [...commandLine, "ui", place], {
    cols: size.width,
    rows: size.height,
    cwd: home,
    env: environment,
  });
  let text = "";
  let sent = 0;
  let rowAt = 0;
  let wake = () => {};
  pty.onData((chunk) => {
    text += chunk;
    if (rowAt === 0 && /v0\.0\.\d/.test(text)) rowAt = performance.now();
    wake();
  });
  const until = async (wanted: RegExp) => {
    while (!wanted.test(text)) await new Promise<void>((resolve) => (wake = resolve));
  };
  return {
    until,
    firstRow: () => rowAt,
    idle: () => until(new RegExp(`7777;idle;${sent};`)),
    async key(key) {
      text = "";
      sent += Buffer.byteLength(key);
      const began = performance.now();
      pty.write(key);
      await until(new RegExp(`7777;(?:frame|idle);${sent};`));
      const milliseconds = performance.now() - began;
      return { milliseconds, bytes: text.slice(0, text.indexOf("\u001b]7777")).length };
    },
    megabytes: () =>
      Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pty.pid}/status`, "utf8"))?.[1]) / 1024),
    processorTime() {
      const fields = readFileSync(`/proc/${pty.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    end: () => pty.kill("SIGKILL"),
  };
}
