import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../support/clock.ts";
import { ticks } from "../support/ticks.ts";

/** The time as this machine has it. */
export const systemClock: Clock = {
  now: () => new Date(),
  ticks,
  sleep: (milliseconds) => sleep(milliseconds),
};

/** Tells hosts apart in a decoy, which others can read, without naming them. */
export function hostMark(): string {
  return createHash("sha256").update(`tagwise ${hostname()}`).digest("hex").slice(0, 16);
}
