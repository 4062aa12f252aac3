import { createHash } from "node:crypto";
import { hostname } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../support/clock.ts";
import { ticks } from "../support/ticks.ts";

/** The clock of this machine; `ticks` never jump. */
export const systemClock: Clock = {
  now: () => new Date(),
  ticks,
  sleep: (milliseconds) => sleep(milliseconds),
};

/**
 * A hash of this host's name and the user's number: in decoys, which others can read, it tells apart who shares no
 * locks, without revealing names.
 */
export function hostMark(): string {
  return createHash("sha256").update(`tagwise ${hostname()} ${process.getuid?.()}`).digest("hex").slice(0, 16);
}
