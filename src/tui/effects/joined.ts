import type { Message } from "../message.ts";

type Rows = Extract<Message, { is: "rows" }>;

/** Between these it makes no difference whether rows come together or one by one. */
const indifferent: readonly Message["is"][] = ["rows", "progress", "exchange"];

/** Rows that came one by one come together: a list that is sorted by what they say is sorted once. */
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
