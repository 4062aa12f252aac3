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

    beforeAll(async () => {
      server = await startEmbeddedHere(stage);
      await push(server, "team/app", newImage(), ["latest", "v1.0"]);
      directory = onPath(stage);
    });

    /** Types some keys, then lets the shell print the words that stand on its line. */
    const typed = (keys: string) => wordsAfter(stage, { name, flags, directory }, [source, source], keys);

    it("is silent when it is sourced, also twice", async () => {
      const { noise } = await typed("");
      expect(noise).toBe("");
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
      const { line } = await typed(keys());
      expect(line).toEqual(words());
    });

    it("runs nothing that was typed", async () => {
      const trap = join(directory, "trap");
      await typed(`tagwise tags $(touch ${trap}) "\`touch ${trap}\`" \t\u0015echo`);
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

/** What an interactive shell prints for its setup, and the words on its line after some keys. */
async function wordsAfter(
  stage: Stage,
  { name, flags, directory }: ShellToRun,
  setup: readonly string[],
  keys: string,
): Promise<{ readonly noise: string; readonly line: readonly string[] }> {
  const env = environmentFor(stage, { PATH: `${directory}:${process.env.PATH}`, PS1: "", TERM: "dumb" });
  const shell = pty.spawn(program(name), [...flags], { env, cols: 250, cwd: directory });
  const noiseFile = join(stage.newDirectory("noise"), "noise");
  let screen = "";
  try {
    return await new Promise((resolve, reject) => {
      shell.onData((text) => {
        screen += text;
        if (/<ended>/.test(screen)) resolve({ noise: readFileSync(noiseFile, "utf8"), line: linesOf(screen) });
      });
      shell.onExit(() => reject(new Error(`${name} ended: ${screen}`)));
      // the words are printed one a line in brackets, which nobody typed
      const print = "printf '<%s>\\n' ";
      const lines = setup.map((line) => `${line} >>${noiseFile} 2>&1`);
      shell.write(`${lines.join("; ")}\r${keys}\u0001${print}\r${print}ended\r`);
    });
  } finally {
    shell.kill("SIGKILL");
  }
}

function linesOf(screen: string): readonly string[] {
  return [...screen.matchAll(/<([^>%]+)>\r?\n/g)].map(([, word = ""]) => word).filter((word) => word !== "ended");
}
