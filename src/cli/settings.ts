import { parseDuration } from "../support/duration.ts";
import { UsageError } from "./errors.ts";

/** The settings from flags, environment and config file, checked and with defaults. */
export interface Settings {
  readonly output: "text" | "json" | "jsonl";
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** How many requests to a registry may run at the same time. */
  readonly concurrency: number;
  /** How many files or requests on a store may run at the same time; undefined for the default of the kind of store. */
  readonly storeConcurrency: number | undefined;
  /** Requests a second; undefined for no limit. */
  readonly rate: number | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  /** True to keep manifests and configs on the disk. */
  readonly cache: boolean;
  readonly scheme: "http" | "https" | undefined;
  readonly tls: {
    readonly caFile?: string;
    readonly certFile?: string;
    readonly keyFile?: string;
    readonly insecure: boolean;
  };
  readonly allowedRealms: readonly string[];
  readonly username: string | undefined;
  readonly passwordStdin: boolean;
  readonly authfile: string | undefined;
  readonly journal: string | undefined;
  readonly protect: readonly string[];
}

/** The settings of one source, by the long names of the flags in camel case; not checked yet. */
export type Said = Readonly<Record<string, unknown>>;

/** The sources of settings. */
export interface Sources {
  readonly flags: Said;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: Said;
}

/**
 * Merges the sources: flags win over the environment, that over the file, that over defaults. Throws a usage error for
 * an invalid value.
 */
export function readSettings({ flags, environment, file }: Sources): Settings {
  const said = (name: string): unknown => flags[name] ?? (environment[variableOf(name)] || undefined) ?? file[name];
  const [caFile, certFile, keyFile] = [text(said("ca")), text(said("cert")), text(said("key"))];
  if ((certFile === undefined) !== (keyFile === undefined)) throw new UsageError("--cert and --key go together");
  const concurrency =
    said("concurrency") === undefined ? undefined : whole("concurrency", said("concurrency"), { least: 1, most: 256 });
  return {
    output: oneOf("output", said("output") ?? "text", ["text", "json", "jsonl"]),
    quiet: isOn("quiet", said("quiet")),
    verbose: isOn("verbose", said("verbose")),
    concurrency: concurrency ?? 8,
    storeConcurrency: concurrency,
    rate: said("rate") === undefined ? undefined : positive("rate", said("rate")),
    timeout: timerOf("timeout", said("timeout") ?? "60s"),
    cache: flags.cache !== false && !isOff((environment.TAGWISE_CACHE || undefined) ?? file.cache), // unsaid: true
    retries: whole("retries", said("retries") ?? 3, { least: 0, most: 100 }),
    scheme: schemeIn(flags) ?? schemeIn(inEnvironment(environment)) ?? schemeIn({ ...file, ...offIn(environment) }),
    tls: {
      insecure: isOn("insecure", said("insecure")),
      ...(caFile !== undefined && { caFile }),
      ...(certFile !== undefined && { certFile }),
      ...(keyFile !== undefined && { keyFile }),
    },
    allowedRealms: list("allow-realm", said("allowRealm")),
    username: text(said("username")),
    passwordStdin: flags.passwordStdin === true,
    authfile: text(said("authfile")),
    journal: text(said("journal")),
    protect: [flags.protect, environment.TAGWISE_PROTECT, file.protect].flatMap((value) => list("protect", value)),
  };
}

function inEnvironment({ TAGWISE_PLAIN_HTTP: plainHttp, TAGWISE_TLS: tls }: Sources["environment"]): Said {
  return { plainHttp, tls };
}

/** The switches that the environment turns off, whatever the file says. */
function offIn(environment: Sources["environment"]): Said {
  const off = Object.entries(inEnvironment(environment)).filter(([, value]) => isOff(value));
  return Object.fromEntries(off);
}

/** The scheme from one source. Throws a usage error where both switches are on in the same source. */
function schemeIn({ plainHttp, tls }: Said): Settings["scheme"] {
  const [isPlain, isTls] = [isOn("plain-http", plainHttp), isOn("tls", tls)];
  if (isPlain && isTls) throw new UsageError("--plain-http and --tls contradict each other");
  return isPlain ? "http" : isTls ? "https" : undefined;
}

/** Parses a duration such as `30s` into milliseconds. Throws a usage error that names the flag. */
export function duration(name: string, value: unknown): number {
  const milliseconds = parseDuration(String(value));
  if (milliseconds === undefined)
    throw new UsageError(`--${name} takes a duration such as 30s or 1m30s, not ${JSON.stringify(value)}`);
  return milliseconds;
}

/** Parses a duration that a timer can have: 0 would fail every request, and timers hold less than 25 days. */
function timerOf(name: string, value: unknown): number {
  const milliseconds = duration(name, value);
  if (milliseconds >= 1 && milliseconds <= longestTimer) return milliseconds;
  throw new UsageError(`--${name} takes from 1ms to 24d, not ${JSON.stringify(value)}`);
}

const longestTimer = 24 * 86_400_000;

/** The value if it is one of the choices. Throws a usage error that names the flag. */
export function oneOf<Choice extends string>(name: string, value: unknown, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`--${name} takes ${choices.join(", ")}, not ${JSON.stringify(value)}`);
  return found;
}

function whole(
  name: string,
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`);
}

function positive(name: string, value: unknown): number {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`--${name} takes a number above 0, not ${JSON.stringify(value)}`);
}

/** The environment variable of a setting: `allowRealm` is TAGWISE_ALLOW_REALM. */
function variableOf(name: string): string {
  return `TAGWISE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** True for a switch that is on: `1`, `true`, `yes` or `on`. Throws a usage error for what is neither on nor off. */
export function isOn(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (value === true || ["1", "true", "yes", "on"].includes(String(value).toLowerCase())) return true;
  if (isOff(value)) return false;
  throw new UsageError(`${name} is a switch, true or false, not ${JSON.stringify(value)}`);
}

function isOff(value: unknown): boolean {
  return value === false || ["0", "false", "no", "off"].includes(String(value).toLowerCase());
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}

/**
 * Splits a list at commas and blanks outside of braces. Throws a usage error for values that are no text: YAML reads
 * 1.10 as 1.1.
 */
function list(name: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return parts.flatMap((part) => {
    if (typeof part !== "string")
      throw new UsageError(`${name} takes texts: put ${JSON.stringify(part)} into quotes in the config file`);
    const entries = Array.isArray(value) ? [part] : part.split(/[,\s](?![^{}]*\})/);
    const found = entries.map((entry) => entry.trim()).filter((entry) => entry !== "");
    if (found.length === 0 && value !== "") throw new UsageError(`${name}: ${JSON.stringify(part)} names nothing`);
    return found;
  });
}
