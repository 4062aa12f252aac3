import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { getBuiltinModule } from "node:process";
import { Script } from "node:vm";
import type { CompiledCode } from "./compiled-code.ts";

/** The name of the first chunk, filled in by the bundler. */
declare const ENTRY_CHUNK: string;

/** The part of a CommonJS module that the bundle's chunks use. */
interface Chunk {
  readonly exports: object;
}

type Body = (
  exports: object,
  require: (id: string) => unknown,
  module: Chunk,
  filename: string,
  directory: string,
) => void;

/**
 * Runs the bundle, beginning with its first chunk. Node's own `require` would compile each chunk every time and search
 * for it in package folders; yet all chunks are in one folder, and each name contains a hash of the content.
 */
export function loadEntry(folder: string, code: CompiledCode): void {
  const chunks = new Map<string, Chunk>();

  function load(name: string): object {
    const known = chunks.get(name);
    if (known !== undefined) return known.exports;
    const chunk: Chunk = { exports: {} };
    chunks.set(name, chunk);
    bodyOf(name)(chunk.exports, require, chunk, join(folder, name), folder);
    return chunk.exports;
  }

  function bodyOf(name: string): Body {
    const filename = join(folder, name);
    const source = readFileSync(filename, "latin1"); // ASCII, already wrapped in a function
    const cachedData = code.of(name);
    const script = new Script(source, { filename, ...(cachedData && { cachedData }) });
    code.note(name, script);
    return script.runInThisContext();
  }

  function require(id: string): unknown {
    if (id.startsWith("./")) return load(id.slice(2));
    return getBuiltinModule(id) ?? createRequire(join(folder, ENTRY_CHUNK))(id);
  }

  load(ENTRY_CHUNK);
}
