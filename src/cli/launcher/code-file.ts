import { closeSync, fstatSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { makeFolderNow } from "../../support/make-folder-now.ts";
import { folders } from "../folders.ts";

/** V8's compiled code of the chunks that one command loads, by their names. */
export type CodeByChunk = ReadonlyMap<string, Uint8Array>;

/**
 * The cache of a command's code. It never throws: what cannot be read counts as absent, what cannot be written is not
 * kept.
 */
export interface CodeFile {
  read(): CodeByChunk | undefined;
  write(code: CodeByChunk): void;
}

/**
 * The code file of a command; undefined where caching is off. Each version of Node has a folder, since V8 rejects
 * others' code.
 */
export function codeFile(command: string, environment: NodeJS.ProcessEnv): CodeFile | undefined {
  const [, name] = /^-{0,2}(\w+)$/.exec(command) ?? []; // --help may come in a command's place
  if (name === undefined || isSwitchedOff(environment)) return undefined;
  const folder = join(folders(environment).cache, "code", `${process.version}-${process.arch}`);
  const file = join(folder, `${name}.bin`);
  return {
    read: () =>
      quietly(() => withOpen(file, (descriptor) => (isOurs(descriptor) ? parse(readFileSync(descriptor)) : undefined))),
    write: (code) =>
      quietly(() => {
        if (makeFolderNow(folder, 0o700)) forgetOthers(folder);
        const fresh = `${file}.${process.pid}`;
        writeFileSync(fresh, serialize(code), { mode: 0o600, flush: true, flag: "wx" });
        renameSync(fresh, file);
      }),
  };
}

function isSwitchedOff({ TAGWISE_CACHE, NODE_DISABLE_COMPILE_CACHE }: NodeJS.ProcessEnv): boolean {
  const isUnwanted = TAGWISE_CACHE !== undefined && /^(?:0|false|no|off)$/i.test(TAGWISE_CACHE);
  return isUnwanted || NODE_DISABLE_COMPILE_CACHE !== undefined || process.argv.includes("--no-cache");
}

/**
 * True where only this user can have written the code, which runs with our rights: under `sudo`, HOME may be another
 * user's.
 */
function isOurs(descriptor: number): boolean {
  const { uid, mode } = fstatSync(descriptor);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

function withOpen<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, "r");
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes the folders of other versions of Node. */
function forgetOthers(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    const other = join(dirname(folder), name);
    if (other !== folder) rmSync(other, { recursive: true, force: true });
  }
}

const prefix = 4;

/** The file's format: the length of the index (4 bytes), the index as JSON, then the code of all chunks. */
function serialize(code: CodeByChunk): Buffer {
  const index = Buffer.from(JSON.stringify([...code].map(([chunk, { length }]) => [chunk, length])));
  const length = Buffer.alloc(prefix);
  length.writeUInt32LE(index.length);
  return Buffer.concat([length, index, ...code.values()]);
}

function parse(bytes: Buffer): CodeByChunk | undefined {
  const code = new Map<string, Uint8Array>();
  let position = prefix + bytes.readUInt32LE(0);
  for (const [chunk, length] of JSON.parse(bytes.toString("utf8", prefix, position)) as [string, number][]) {
    code.set(chunk, bytes.subarray(position, position + length));
    position += length;
  }
  return position === bytes.length ? code : undefined;
}

function quietly<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
