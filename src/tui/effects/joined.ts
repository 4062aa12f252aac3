import type { Message } from "../message.ts";

type Rows = Extract<Message, { is: "rows" }>;

/** Messages that rows may overtake without any difference. */
const indifferent: readonly Message["is"][] = ["rows", "progress", "exchange"];

/** Joins messages with rows of the same repository into one, so that a sorted list is sorted once. */
export function joined(messages: readonly Message[]): readonly Message[] {
  const all: Message[] = [];
  let place = -1;
  for (const message of messages) {
    const before = all[place] as Rows | undefined;
    if (message.is === "rows" && before?.repository === message.repository) {
      all[place] = { ...before, rows: before.rows.concat(message.rows) };
      continue;
    }
    if (message.is === "rows") place = all.length;
    else if (!indifferent.includes(message.is)) place = -1;
    all.push(message);
  }
  return all;
}
