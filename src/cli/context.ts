import { randomBytes } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import type { SessionOptions } from "../app/session.ts";
import { hostMark, systemClock } from "../app/this-machine.ts";
import type { Clock } from "../support/clock.ts";
import { readConfigFile } from "./config-file.ts";
import { chosenCredentials } from "./credentials.ts";
import { type Folders, folders } from "./folders.ts";
import { type Interruption, interruption } from "./interruption.ts";
import { expectCertificates, expectFile } from "./named-files.ts";
import { answerAs } from "./output.ts";
import { logTo } from "./render/exchange.ts";
import { readSettings, type Said, type Settings } from "./settings.ts";
import { standardError } from "./streams.ts";

/** Everything a command's action needs, from flags, environment, config file and this machine. */
export interface Context {
  readonly settings: Settings;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly host: string;
  readonly interruption: Interruption;
  readonly session: SessionOptions;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads flags, environment and config file. Throws a usage error. */
export async function openSettings(flags: Said): Promise<Pick<Context, "settings" | "folders" | "environment">> {
  const environment = process.env;
  const places = folders(environment);
  const file = await readConfigFile(join(places.config, "config.yaml"));
  const settings = readSettings({ flags, environment, file });
  answerAs(settings.output);
  return { settings, folders: places, environment };
}

/** What a command says of itself. */
export interface Opening {
  /** The command that tidies up after an interruption of one that changes something. */
  readonly leftTo?: string;
  /** True where the file of credentials need not be there, since the command writes it. */
  readonly makesAuthfile?: boolean;
}

/** Opens a command's context. Throws a usage error, also where a file that was named is not there. */
export async function openContext(flags: Said, { leftTo, makesAuthfile = false }: Opening = {}): Promise<Context> {
  const { settings, folders: places, environment } = await openSettings(flags);
  const { concurrency, rate, timeout, retries, tls, allowedRealms, verbose, authfile } = settings;
  await expectCertificates(tls, environment);
  if (authfile !== undefined && !makesAuthfile) expectFile("--authfile", authfile);
  return {
    settings,
    folders: places,
    clock: systemClock,
    random: (bytes) => randomBytes(bytes),
    // lazily, since hashing takes a tenth of the start-up time and only operations need it
    get host() {
      return hostMark();
    },
    interruption: interruption(leftTo),
    environment,
    session: {
      concurrency,
      timeout,
      retries,
      ...(settings.cache && { cache: places.cache }),
      tls,
      allowedRealms,
      environment,
      credentials: await chosenCredentials(settings, { flags, environment }),
      ...(rate !== undefined && { rate }),
      ...(verbose && { observe: logTo({ write: (text) => standardError().write(text) }) }),
    },
  };
}
