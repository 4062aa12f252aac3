import { listRepositories } from "../../app/reading/list-repositories.ts";
import { openSession } from "../../app/session.ts";
import { unlessAborted } from "../../support/abortable.ts";
import { printable, printableJson } from "../../support/printable.ts";
import { type Context, openContext } from "../context.ts";
import { print, printDocument } from "../output.ts";
import { readPrefix } from "../references.ts";
import { progressLine } from "../render/progress.ts";
import type { Said } from "../settings.ts";
import { standardError } from "../streams.ts";

/** `tagwise ls HOST[/PREFIX]`: lists repositories. */
export async function action([word = ""]: readonly string[], flags: Said): Promise<number> {
  const context = await openContext(flags);
  return unlessAborted(list(word, context), context.interruption.signal);
}

async function list(word: string, { settings, session, interruption }: Context): Promise<number> {
  const { registry: address, prefix } = readPrefix(word, settings);
  const { registry } = openSession(address, session);
  const progress = progressLine(settings);
  const repositories: string[] = [];
  for await (const names of listRepositories(registry, { prefix, signal: interruption.signal })) {
    for (const name of names) repositories.push(name);
    if (settings.output === "json")
      progress.show({ subject: address.host, doing: "listing repositories", done: 0, total: 1 });
    else if (!(await print(names.map((name) => line(name, settings.output)).join("")))) return 0;
  }
  progress.clear();
  if (settings.output === "json") await printDocument({ registry: address.host }, "repositories", repositories);
  else if (repositories.length === 0 && !settings.quiet)
    standardError().write(`${printable(emptiness(address.host, prefix))}\n`);
  return 0;
}

function line(repository: string, output: "text" | "json" | "jsonl"): string {
  return `${output === "jsonl" ? printableJson({ repository }) : printable(repository)}\n`;
}

function emptiness(host: string, prefix: string): string {
  return prefix === "" ? `${host} has no repositories.` : `${host} has no repository ${prefix} and none below it.`;
}
