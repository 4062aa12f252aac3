import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { RegistryError } from "../registry/errors.ts";
import type { DriverOptions, StorageDriver } from "./drivers/driver.ts";
import { filesystemDriver } from "./drivers/filesystem.ts";
import { unlessMissing } from "./drivers/missing.ts";
import { treeFolder } from "./paths.ts";
import { type Configured, configured } from "./store-config.ts";

/** A storage tree that somebody named, and how it is reached. */
export interface Store {
  readonly driver: StorageDriver;
  /** One name for one place, whatever it was called by. */
  readonly name: string;
  readonly kind: "filesystem" | "s3";
  /** What the registry's own configuration says of its cache; undefined where it was not given. */
  readonly cache: string | undefined;
}

/** Environment variables, passed in by the command line. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens a directory, `s3://BUCKET/PREFIX`, or the storage of a registry's `config.yml`. Throws where there is no such.
 */
export async function openStore(place: string, environment: Environment, many: DriverOptions = {}): Promise<Store> {
  if (place.startsWith("s3://")) return openS3(place, environment, many);
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory()) return openDirectory(place, undefined, many);
  if (found?.isFile()) return openConfigured(place, environment, many);
  throw refusal(`there is no directory and no configuration ${JSON.stringify(place)}`);
}

async function openS3(place: string, environment: Environment, many: DriverOptions): Promise<Store> {
  const { bucket, prefix = "" } = /^s3:\/\/(?<bucket>[^/]+)(?:\/(?<prefix>.*))?$/.exec(place)?.groups ?? {};
  if (bucket === undefined) throw refusal(`${JSON.stringify(place)} names no bucket`);
  const { s3Driver } = await import("./drivers/s3.ts");
  const settings = { bucket, prefix, environment, ...many };
  return { driver: await s3Driver(settings), name: `s3://${bucket}/${prefix}`, kind: "s3", cache: undefined };
}

/** Opens a directory under its real name, since two names for one would be two locks. */
async function openDirectory(place: string, cache: string | undefined, many: DriverOptions): Promise<Store> {
  const directory = await realpath(place);
  await requireTree(directory);
  return { driver: filesystemDriver(directory, many), name: directory, kind: "filesystem", cache };
}

/**
 * Anything but a registry's tree is the wrong place, where a tag seems to be absent; one with nothing in it may be new.
 */
async function requireTree(directory: string): Promise<void> {
  if (await isDirectory(join(directory, treeFolder))) return;
  if ((await readdir(directory)).length === 0) return;
  throw refusal(`${directory} holds no registry's storage: there is no ${join(directory, treeFolder)}`);
}

async function isDirectory(place: string): Promise<boolean> {
  return (await unlessMissing(stat(place), undefined))?.isDirectory() === true;
}

/**
 * The registry's configuration, with what the environment says instead: `REGISTRY_STORAGE_…`, as the registry reads it.
 */
async function openConfigured(file: string, environment: Environment, many: DriverOptions): Promise<Store> {
  const { filesystem, s3, cache } = readConfigured(file, await readFile(file, "utf8"), environment);
  if (filesystem !== undefined) {
    const { rootdirectory } = filesystem;
    if (await isDirectory(rootdirectory)) return openDirectory(rootdirectory, cache, many);
    throw refusal(`there is no directory ${JSON.stringify(rootdirectory)}, which ${file} names as its rootdirectory`);
  }
  if (s3 === undefined) throw refusal(`${file} keeps its storage neither in a directory nor on S3`);
  const { s3Driver } = await import("./drivers/s3.ts");
  const { bucket, rootdirectory } = s3;
  const prefix = rootdirectory.replace(/^\/+|\/+$/g, "");
  const driver = await s3Driver({ ...s3, prefix, environment, ...many });
  return { driver, name: `s3://${bucket}/${prefix}`, kind: "s3", cache };
}

function readConfigured(file: string, text: string, environment: Environment): Configured {
  try {
    return configured(parse(text), environment);
  } catch (error) {
    // the parser's message goes on with lines of the file, which may hold a key
    const [says = ""] = error instanceof Error ? error.message.split(/:?\n/) : [];
    throw refusal(`${file} cannot be read as a registry's configuration: ${says}`);
  }
}

function refusal(message: string): RegistryError {
  return new RegistryError("NAME_INVALID", message, {
    said: "STORE_UNKNOWN",
    next: "name a directory, s3://BUCKET/PREFIX, or the registry's config.yml",
  });
}
