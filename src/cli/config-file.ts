import { readFileSync } from "node:fs";
import { messageOf } from "../support/message-of.ts";
import { isMissing } from "../support/system-error.ts";
import { UsageError } from "./errors.ts";
import type { Said } from "./settings.ts";

/**
 * Reads the config file, whose keys are long flags; a missing file counts as empty. Throws a usage error for an unknown
 * key.
 */
export async function readConfigFile(path: string): Promise<Said> {
  const text = readText(path);
  if (text === undefined || text.trim() === "") return {};
  const { parse } = await import("yaml");
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new UsageError(`the config file ${path} is not YAML: ${firstLine(cause)}`, { cause });
  }
  if (content === null) return {}; // nothing but comments
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new UsageError(`the config file ${path} must hold names and values`, {
      next: "for example: concurrency: 16",
    });
  }
  const said = Object.entries(content).map(([name, value]) => [camelCase(name), value] as const);
  const unknown = said.map(([name]) => dashed(name)).find((name) => !settingNames.includes(name));
  // a misspelt key would silently protect nothing
  if (unknown !== undefined) {
    throw new UsageError(`the config file ${path} says ${JSON.stringify(unknown)}, which is no setting`, {
      next: `there are: ${settingNames.join(", ")}`,
    });
  }
  const settings = Object.fromEntries(said);
  expectRules(path, settings.registries);
  return settings;
}

const rules = ["read-only", "production"];

/** Throws a usage error for a misspelt rule of a registry, which would silently protect nothing too. */
function expectRules(path: string, registries: unknown): void {
  for (const [host, entry] of entriesOf(registries)) {
    const unknown = entriesOf(entry).find(([name]) => !rules.includes(dashed(name)));
    if (unknown === undefined) continue;
    throw new UsageError(`the config file ${path} says ${JSON.stringify(unknown[0])} of ${host}, which is no rule`, {
      next: `there are: ${rules.join(", ")}`,
    });
  }
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** The keys of the config file: the flags of every command that suit more than one run, and the terminal UI's rules. */
export const settingNames: readonly string[] = [
  ...["output", "quiet", "verbose", "concurrency", "rate", "timeout", "retries", "cache", "plain-http", "tls", "ca"],
  ...[
    "cert",
    "key",
    "insecure",
    "allow-realm",
    "username",
    "authfile",
    "journal",
    "protect",
    "read-only",
    "registries",
  ],
];

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Reads synchronously, since loading node:fs/promises would cost every command more than the file itself. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new UsageError(`cannot read the config file ${path}: ${firstLine(cause)}`, { cause });
  }
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function firstLine(error: unknown): string {
  return messageOf(error).split("\n")[0] ?? "";
}
