import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pty from "@lydell/node-pty";
import { beforeAll, expect, it } from "vitest";
import { startEmbeddedHere } from "./harness/embedded-here.ts";
import { environmentFor } from "./harness/environment.ts";
import { newImage, push } from "./harness/images.ts";
import { program } from "./harness/programs.ts";
import type { RegistryServer } from "./harness/registry-server.ts";
import type { Stage } from "./harness/stage.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { commandLine } from "./harness/tagwise.ts";

const shells = {
  bash: { flags: ["--norc", "--noprofile", "-i"], source: "source <(tagwise completion bash)" },
  zsh: { flags: ["-f", "-i"], source: "source <(tagwise completion zsh)" },
  fish: { flags: ["--no-config", "-i"], source: "tagwise completion fish | source" },
} as const;

for (const [name, { flags, source }] of Object.entries(shells)) {
  describeWith([name], `completion in ${name}`, () => {
    const stage = openStage();
    let server: RegistryServer;
    let directory: string;
    let shell: InteractiveShell;

    beforeAll(async () => {
      server = await startEmbeddedHere(stage);
      await push(server, "team/app", newImage(), ["latest", "v1.0"]);
      directory = onPath(stage);
      shell = openShell(stage, { name, flags, directory });
    });

    it("is silent when it is sourced, also twice", async () => {
      const noise = join(directory, "noise");
      await shell.run(`${source} >>${noise} 2>&1; ${source} >>${noise} 2>&1`);
      expect(readFileSync(noise, "utf8")).toBe("");
    });

    it.each([
      ["a command", () => "tagwise insp\t", () => ["tagwise", "inspect"]],
      ["a flag", () => "tagwise tags --rev\t", () => ["tagwise", "tags", "--reverse"]],
      ["a choice", () => "tagwise tags --sort cr\t", () => ["tagwise", "tags", "--sort", "created"]],
      ["a repository", () => `tagwise tags ${server.host}/te\t`, () => ["tagwise", "tags", `${server.host}/team/app`]],
      [
        "a tag",
        () => `tagwise rm ${server.host}/team/app:v\t`,
        () => ["tagwise", "rm", `${server.host}/team/app:v1.0`],
      ],
      [
        "a repository and then its tag",
        () => `tagwise rm ${server.host}/te\tla\t`,
        () => ["tagwise", "rm", `${server.host}/team/app:latest`],
      ],
    ])("completes %s", async (_what, keys, words) => {
      expect(await shell.type(keys())).toEqual(words());
    });

    it("runs nothing that was typed", async () => {
      const trap = join(directory, "trap");
      await shell.type(`tagwise tags $(touch ${trap}) "\`touch ${trap}\`" \t\u0015echo`);
      expect(existsSync(trap)).toBe(false);
    });
  });
}

/** A directory with a `tagwise` in it, made from the sources. */
function onPath(stage: Stage): string {
  const directory = stage.newDirectory("path");
  const words = [process.execPath, ...commandLine].map((word) => `'${word}'`).join(" ");
  writeFileSync(join(directory, "tagwise"), `#!/bin/sh\nexec ${words} "$@"\n`);
  chmodSync(join(directory, "tagwise"), 0o755);
  return directory;
}

interface ShellToRun {
  readonly name: string;
  readonly flags: readonly string[];
  /** In front of the PATH. */
  readonly directory: string;
}

interface InteractiveShell {
  run(line: string): Promise<void>;
  /** Types some keys, then lets the shell print the words that stand on its line. */
  type(keys: string): Promise<readonly string[]>;
}

function openShell(stage: Stage, { name, flags, directory }: ShellToRun): InteractiveShell {
  const env = environmentFor(stage, { PATH: `${directory}:${process.env.PATH}`, PS1: "", TERM: "dumb" });
  const child = pty.spawn(program(name), [...flags], { env, cols: 250, cwd: directory });
  stage.defer(() => child.kill("SIGKILL"));
  let screen = "";
  let heard = () => {};
  child.onData((text) => {
    screen += text;
    heard();
  });
  let count = 0;
  const print = "printf '<%s>\\n'"; // prints words one a line in brackets, which nobody typed

  async function after(keys: string): Promise<string> {
    const end = `ended${++count}`;
    const start = screen.length;
    child.write(`${keys}\r${print} ${end}\r`);
    while (!screen.includes(`<${end}>`, start)) await new Promise<void>((resolve) => (heard = resolve));
    return screen.slice(start);
  }

  return {
    run: async (line) => void (await after(line)),
    async type(keys) {
      const shown = await after(`${keys}\u0001${print} `);
      return [...shown.matchAll(/<([^>%]+)>\r?\n/g)]
        .map(([, word = ""]) => word)
        .filter((word) => !/^ended/.test(word));
    },
  };
}
