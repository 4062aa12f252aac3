import type { Exchange, Observer } from "../../http/observed.ts";
import { printable } from "../../support/printable.ts";

/** Writes each request and its answer on a line of its own, as `--verbose` shows it. */
export function logTo(stream: NodeJS.WritableStream): Observer {
  return (exchange) => void stream.write(`${formatExchange(exchange)}\n`);
}

/** `GET http://127.0.0.1:5000/v2/app/tags/list → 200 (3 ms, 27 bytes)`. */
export function formatExchange({ method, url, milliseconds, answer }: Exchange): string {
  const came = "status" in answer ? `${answer.status}` : messageOf(answer.error);
  const size = "status" in answer && answer.size !== undefined ? `, ${answer.size} bytes` : "";
  return printable(`${method} ${url} → ${came} (${Math.round(milliseconds)} ms${size})`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
