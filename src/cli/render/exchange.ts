import type { Exchange, Observer } from "../../http/connection/observed.ts";
import { messageOf } from "../../support/message-of.ts";
import { printable } from "../../support/printable.ts";

/** An observer that writes each request with its answer on one line, for `--verbose`. */
export function logTo(stream: { write(text: string): unknown }): Observer {
  return (exchange) => void stream.write(`${formatExchange(exchange)}\n`);
}

/** `GET http://127.0.0.1:5000/v2/app/tags/list → 200 (3 ms, 27 bytes)`. */
export function formatExchange(exchange: Exchange): string {
  const { method, url, answer } = exchange;
  const came = "status" in answer ? `${answer.status}` : messageOf(answer.error);
  return printable(`${method} ${url} → ${came} (${costOf(exchange)})`);
}

/** `3 ms, 27 bytes`. */
export function costOf({ milliseconds, answer }: Exchange): string {
  const size = "status" in answer && answer.size !== undefined ? `, ${answer.size} bytes` : "";
  return `${Math.round(milliseconds)} ms${size}`;
}
