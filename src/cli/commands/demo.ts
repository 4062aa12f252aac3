import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type DemonstrationStep, demonstration } from "../../app/serving/demonstration.ts";
import { fillWithSamples } from "../../app/serving/sample-images.ts";
import { serveRegistry } from "../../app/serving/serve-registry.ts";
import { parseRegistryPrefix } from "../../registry/reference.ts";
import { printableJson } from "../../support/printable.ts";
import { journalIn } from "../../untag/journal/journal-file.ts";
import { ask } from "../ask.ts";
import { type JournalledContext, openJournalledContext } from "../journalled-context.ts";
import { print } from "../output.ts";
import { formatExchange } from "../render/exchange.ts";
import { formatRemoval } from "../render/removal.ts";
import { type Style, styleFor } from "../render/style.ts";
import { formatTags } from "../render/tags.ts";
import type { Said } from "../settings.ts";
import { isTerminal } from "./ui.ts";

/** `tagwise demo`: keeps its journal and locks in a temporary folder that is removed at the end. */
export async function action(_: readonly string[], flags: Said): Promise<number> {
  const context = await openJournalledContext(flags);
  const { settings, interruption } = context;
  const folder = await mkdtemp(join(tmpdir(), "tagwise-demo-"));
  const options = {
    ...context,
    journal: journalIn(join(folder, "journal")),
    locks: [join(folder, "locks")],
    signal: interruption.signal,
  };
  const style = styleFor(process.stdout);
  try {
    const steps: DemonstrationStep[] = [];
    for await (const step of demonstration(options)) {
      if (settings.output === "json") steps.push(step);
      else if (!(await print(`${settings.output === "text" ? formatStep(step, style) : printableJson(step)}\n`))) break;
    }
    if (settings.output === "json") await print(`${printableJson({ steps })}\n`);
    if (settings.output === "text") await print(goingOn);
    if (settings.output === "text" && isTerminal() && interruption.exitCode() === undefined)
      await tryIt(
        { ...context, ...options, folders: { ...context.folders, locks: options.locks, state: folder } },
        flags,
      );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return interruption.exitCode() ?? 0;
}

/** Opens the terminal UI on a fresh registry with all sample tags, until the person quits. */
async function tryIt(context: JournalledContext, flags: Said): Promise<void> {
  await ask("Enter opens the terminal UI on another one like it; ctrl-c ends: ");
  const served = await serveRegistry({ addr: "127.0.0.1:0", behaveLike: "distribution2" });
  await fillWithSamples(served.registry);
  const { openUi } = await import("./ui.ts");
  await openUi(context, flags, { address: parseRegistryPrefix(served.url).registry, repository: undefined });
  await served.close();
}

function formatStep(step: DemonstrationStep, style: Style): string {
  switch (step.kind) {
    case "heading":
      return `\n${style.bold(step.text)}\n`;
    case "words":
      return step.text;
    case "command":
      return `\n${style.dim("$")} ${step.text}`;
    case "request":
      return `  ${formatExchange(step.exchange)}`;
    case "tags":
      return `${step.tags.length === 0 ? `${step.repository} has no tags.` : formatTags(step.tags, { now: new Date() })}\n`;
    case "removal":
      return formatRemoval(step.document, style);
  }
}

const goingOn = `
That was all; the registry of this demo is gone, and nothing is left behind. To go on by yourself:
  tagwise registry --behave-like distribution2      serve such a registry at 127.0.0.1:5000, and push to it
  tagwise doctor HOST/REPOSITORY                    what your own registry allows, with proof
  tagwise rm --dry-run HOST/REPOSITORY:TAG          what would be done, and nothing is
`;
