import { once } from "node:events";
import type { ClientRequest } from "node:http";
import { isStream, type Request } from "../../wire/transport.ts";

/**
 * Sends a body with backpressure, and stops when a status of 300 or more comes before its end. Throws what the body
 * throws.
 */
export async function sendBody(outgoing: ClientRequest, body: Request["body"]): Promise<void> {
  if (!isStream(body)) {
    outgoing.end(body);
    return;
  }
  const over = new AbortController();
  outgoing.once("close", () => over.abort());
  outgoing.once("response", ({ statusCode = 0 }) => {
    if (statusCode >= 300) over.abort();
  });
  for await (const chunk of body) {
    if (over.signal.aborted) break; // leaving the loop closes the source
    if (!outgoing.write(chunk)) await drained(outgoing, over.signal);
  }
  outgoing.end();
}

async function drained(outgoing: ClientRequest, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  try {
    await once(outgoing, "drain", { signal: over });
  } catch {
    // the request's error event reports its failure
  }
}
