import { RegistryError } from "../../registry/errors.ts";
import { bodyOf, readBody } from "../../wire/body.ts";
import { formatFailure } from "../../wire/failure.ts";
import type { Headers, Request, Response } from "../../wire/transport.ts";

const none = new Uint8Array();

/** By this clients know a registry, also where it refuses them. */
export const apiVersion: Headers = { "docker-distribution-api-version": "registry/2.0" };

/** An answer of a status and headers alone. */
export function bare(status: number, headers: Headers = {}): Response {
  return { status, headers: { "content-length": "0", ...headers }, body: bodyOf() };
}

/** A 200 with a JSON body. */
export function json(body: unknown, headers: Headers = {}): Response {
  return whole(new TextEncoder().encode(JSON.stringify(body)), { "content-type": "application/json", ...headers });
}

/** A 200 with the whole content as its body. */
export function whole(bytes: Uint8Array, headers: Headers): Response {
  return { status: 200, headers: { "content-length": String(bytes.length), ...headers }, body: bodyOf(bytes) };
}

/** The answer for an error: its status (500 where that is none of 4xx and 5xx) and the specification's error body. */
export function failed(error: RegistryError): Response {
  const body = formatFailure(error);
  return {
    status: error.status >= 400 && error.status <= 599 ? error.status : 500,
    headers: {
      "content-type": "application/json",
      "content-length": String(body.length),
      ...(error.retryAfter !== undefined && { "retry-after": String(Math.ceil(error.retryAfter)) }),
    },
    body: bodyOf(body),
  };
}

/** Reads what a client sent. Throws `SIZE_INVALID` with 413 where it is more than `limit` bytes. */
export async function bodyWithin({ headers, body = none }: Request, limit: number): Promise<Uint8Array> {
  if (Number(headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  if (body instanceof Uint8Array) {
    if (body.length > limit) throw tooLarge(limit);
    return body;
  }
  try {
    return await readBody({ body }, limit);
  } catch (error) {
    throw error instanceof RegistryError ? tooLarge(limit) : error;
  }
}

/** What a client sends, as a stream. */
export function streamOf({ body = none }: Request): AsyncIterable<Uint8Array> {
  return body instanceof Uint8Array ? bodyOf(body) : body;
}

function tooLarge(limit: number): RegistryError {
  return new RegistryError("SIZE_INVALID", `more than ${limit} bytes`, { status: 413 });
}
