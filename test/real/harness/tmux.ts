import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { newHome } from "../../tui/terminal.ts";
import { waitUntil } from "./processes.ts";

/** A shell in tmux: a second witness of what a terminal shows. */
export interface Tmux {
  type(text: string, key: string): void;
  press(...names: readonly string[]): void;
  text(): string;
  shows(wanted: string | RegExp): Promise<void>;
}

/** A tmux server of its own with one session. */
export function openTmux({ width, height }: { readonly width: number; readonly height: number }): Tmux {
  const home = newHome();
  const socket = join(home, "tmux");
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_STATE_HOME: home,
    XDG_CACHE_HOME: home,
    XDG_RUNTIME_DIR: home,
    LANG: "C.UTF-8",
    PS1: "$ ",
    HISTFILE: "/dev/null",
  };
  const run = (...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync("tmux", ["-S", socket, "-f", "/dev/null", ...words], {
      env,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`tmux ${words[0]}: ${stderr}`);
    return stdout;
  };
  run("new-session", "-d", "-x", `${width}`, "-y", `${height}`, "bash", "--norc", "--noprofile");
  onTestFinished(() => void run("kill-server"));
  const text = () => run("capture-pane", "-p");
  return {
    type: (words, key) => void run("send-keys", words, key),
    press: (...names) => void run("send-keys", ...names),
    text,
    shows: (wanted) =>
      waitUntil(() => (typeof wanted === "string" ? text().includes(wanted) : wanted.test(text())), {
        what: `tmux to show ${wanted}`,
      }),
  };
}
