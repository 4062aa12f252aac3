import { RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import { within } from "../../registry/ranges.ts";
import type { ByteRange, Registry } from "../../registry/registry.ts";
import { parseRange } from "../../wire/range.ts";
import type { Headers, Request, Response } from "../../wire/transport.ts";
import { bare, failed } from "./answers.ts";

interface Named {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

/** Answers `HEAD …/blobs/<digest>` with the blob's size. Throws `BLOB_UNKNOWN`. */
export async function headBlob(registry: Registry, { repository, digest }: Named): Promise<Response> {
  const size = await registry.statBlob(repository, digest);
  return bare(200, { ...headersOf(digest), "content-length": String(size) });
}

/** Answers `GET …/blobs/<digest>`: 200, or 206 or 416 for a single `Range`. Throws `BLOB_UNKNOWN`. */
export async function getBlob(registry: Registry, named: Named, request: Request): Promise<Response> {
  const { repository, digest } = named;
  if (parseRange(request.headers.range) !== undefined) return getRange(registry, named, request);
  const { size, content } = await registry.getBlob(repository, digest);
  const length = size === undefined ? {} : { "content-length": String(size) };
  return { status: 200, headers: { ...headersOf(digest), ...length }, body: content };
}

async function getRange(registry: Registry, { repository, digest }: Named, request: Request): Promise<Response> {
  const size = await registry.statBlob(repository, digest);
  const range = rangeWithin(request.headers.range, size);
  if (range === undefined) return unsatisfiable(size);
  const { content } = await registry.getBlob(repository, digest, range);
  const { first, last } = range;
  return {
    status: 206,
    headers: {
      ...headersOf(digest),
      "content-length": String(last - first + 1),
      "content-range": `bytes ${first}-${last}/${size}`,
    },
    body: content,
  };
}

function rangeWithin(header: string | undefined, size: number): Required<ByteRange> | undefined {
  const asked = parseRange(header);
  if (asked === undefined) return undefined;
  const range = "suffix" in asked ? { first: Math.max(size - asked.suffix, 0) } : asked;
  try {
    return within(range, size);
  } catch {
    return undefined; // outside of the blob
  }
}

function unsatisfiable(size: number): Response {
  const answer = failed(new RegistryError("RANGE_INVALID", `the range lies outside of ${size} bytes`));
  return { ...answer, headers: { ...answer.headers, "content-range": `bytes */${size}` } };
}

function headersOf(digest: Digest): Headers {
  return {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    etag: `"${digest}"`,
    "accept-ranges": "bytes",
    "cache-control": "max-age=31536000",
  };
}
