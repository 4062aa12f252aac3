import { bodyOf } from "../../wire/body.ts";
import type { Headers, Request, Response } from "../../wire/transport.ts";
import type { Quirk } from "./quirk.ts";

/** An answer in plain text, as Go's own router writes it; none of it goes out for a HEAD. */
export function plainText(
  { method }: Request,
  { status, text, headers = {} }: { readonly status: number; readonly text: string; readonly headers?: Headers },
): Response {
  const bytes = new TextEncoder().encode(text);
  return {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-length": String(bytes.length),
      "docker-distribution-api-version": "registry/2.0",
      ...headers,
    },
    body: method === "HEAD" ? bodyOf() : bodyOf(bytes),
  };
}

export function json(request: Request, body: unknown, status: number): Response {
  return plainText(request, { status, text: JSON.stringify(body), headers: { "content-type": "application/json" } });
}

/** A quirk that says a header in every answer. */
export function saying(headers: Headers): Quirk {
  return {
    transport: (transport) => async (request) => {
      const answer = await transport(request);
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
  };
}
