import { join } from "node:path";
import process from "node:process";
import { openSession } from "../../app/session.ts";
import type { Exchange } from "../../http/connection/observed.ts";
import { parseRepositoryName, type RepositoryName } from "../../registry/names.ts";
import { everyName, type RegistryAddress } from "../../registry/reference.ts";
import { messageOf } from "../../support/message-of.ts";
import type { Connection, ConnectOptions, RegistryRules, ToldExchange, World } from "../../tui/world.ts";
import { readConfigFile } from "../config-file.ts";
import { UsageError } from "../errors.ts";
import { type JournalledContext, openJournalledContext } from "../journalled-context.ts";
import { protection } from "../protection.ts";
import { recentsIn } from "../recents.ts";
import { readPrefix } from "../references.ts";
import { costOf } from "../render/exchange.ts";
import { isOn, type Said } from "../settings.ts";

/** `tagwise ui [HOST[/REPOSITORY]]`, and `tagwise` alone: the terminal UI. */
export async function action([word]: readonly string[], flags: Said): Promise<number> {
  if (!isTerminal()) {
    const next = `tagwise ${word === undefined ? "ls HOST" : `${word.includes("/") ? "tags" : "ls"} ${word}`}`;
    throw new UsageError(`the terminal UI needs a terminal; the plain command is: ${next}`, { next });
  }
  const context = await openJournalledContext(flags);
  const place = word === undefined ? undefined : readPrefix(word, context.settings);
  await openUi(context, flags, {
    address: place?.registry,
    repository: place === undefined || place.prefix === "" ? undefined : parseRepositoryName(place.prefix),
  });
  process.exit(context.interruption.exitCode() ?? 0); // requests may still be under way, and nobody waits for them
}

/** True where standard input and output are a terminal that can show the UI. */
export function isTerminal(): boolean {
  const { stdin, stdout, env } = process;
  return stdin.isTTY === true && stdout.isTTY === true && env.TERM !== "dumb";
}

interface Place {
  readonly address: RegistryAddress | undefined;
  readonly repository: RepositoryName | undefined;
}

/** Shows the UI until the person quits and work under way has been finished or rolled back. */
export async function openUi(context: JournalledContext, flags: Said, { address, repository }: Place): Promise<void> {
  const { environment, interruption } = context;
  const { runUi } = await import("../../tui/run.ts");
  await runUi(worldOf(context, await rulesOf(context, flags)), {
    address,
    repository,
    look: { colour: !environment.NO_COLOR, ascii: flags.ascii === true || !isUtf8(environment) },
    isMultiplexed: /^(?:screen|tmux)/.test(environment.TERM ?? "") || Boolean(environment.TMUX),
    signal: interruption.signal,
    marksIdle: Boolean(environment.TAGWISE_UI_MARKS_IDLE),
  });
}

/** True where the locale uses UTF-8; without a locale it is C, which does not. */
function isUtf8({ LC_ALL, LC_CTYPE, LANG }: JournalledContext["environment"]): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}

function worldOf(context: JournalledContext, rulesFor: World["rulesFor"]): World {
  const { folders, settings } = context;
  const recents = recentsIn(join(folders.state, "recent"));
  return {
    ...context,
    locks: folders.locks,
    concurrency: settings.concurrency,
    wait: 2_000,
    connect: (address, options) => connect(context, address, options),
    rulesFor,
    recents: recents.list,
    remember: recents.add,
  };
}

function connect(
  { session }: JournalledContext,
  address: RegistryAddress,
  { login, tell }: ConnectOptions,
): Connection {
  let user: string | undefined;
  const { credentials: stored } = session;
  const credentials: typeof stored = async (target) => {
    const found = login === undefined ? await stored?.(target) : ({ kind: "password", ...login } as const);
    user = found !== undefined && "username" in found ? found.username : user;
    return found;
  };
  const observe = (exchange: Exchange) => tell(toldOf(exchange, address));
  return { session: openSession(address, { ...session, credentials, observe }), user: () => user };
}

/** An exchange in words; the URL's host is left out where it is the registry, which the header names. */
function toldOf(exchange: Exchange, { origin }: RegistryAddress): ToldExchange {
  const { method, url, answer } = exchange;
  const asked = `${method.padEnd(6)} ${url.startsWith(`${origin.origin}/`) ? url.slice(origin.origin.length) : url}`;
  return "error" in answer
    ? { asked, status: undefined, about: messageOf(answer.error) }
    : { asked, status: answer.status, about: costOf(exchange) };
}

/**
 * The rules for each registry, from flags, environment, and `registries: { HOST: { read-only, production } }` in the
 * config file.
 */
async function rulesOf({ folders, settings, environment }: JournalledContext, flags: Said): Promise<World["rulesFor"]> {
  const file = await readConfigFile(join(folders.config, "config.yaml"));
  const isReadOnly = [flags.readOnly, environment.TAGWISE_READ_ONLY, file.readOnly].some((one) =>
    isOn("read-only", one),
  );
  return (registry): RegistryRules => {
    const own = Object.assign({}, ...everyName(registry).map((host) => entryIn(entryIn(file, "registries"), host)));
    return {
      isReadOnly: isReadOnly || isOn("read-only", own["read-only"] ?? own.readOnly),
      isProduction: isOn("production", own.production),
      protectedBy: protection(settings.protect, registry),
    };
  };
}

function entryIn(value: Said, name: string): Said {
  const entry = value[name];
  return typeof entry === "object" && entry !== null ? (entry as Said) : {};
}
