import { bodyOf } from "../../wire/body.ts";
import type { Headers, Request, Response } from "../../wire/transport.ts";
import type { Quirk } from "./quirk.ts";

/** A plain-text answer with the headers that Go's HTTP server writes; a HEAD gets no body. */
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

/** An answer of a status and headers alone. */
export function bare(status: number, headers: Headers): Response {
  const usual = { "content-length": "0", "docker-distribution-api-version": "registry/2.0" };
  return { status, headers: { ...usual, ...headers }, body: bodyOf() };
}

/** An answer with a JSON body; a HEAD gets no body. */
export function json(request: Request, body: unknown, status: number): Response {
  return plainText(request, { status, text: JSON.stringify(body), headers: { "content-type": "application/json" } });
}

/** A quirk that adds headers to every answer. */
export function saying(headers: Headers): Quirk {
  return {
    transport: (transport) => async (request) => {
      const answer = await transport(request);
      return { ...answer, headers: { ...answer.headers, ...headers } };
    },
  };
}
