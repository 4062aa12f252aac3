import { uptime } from "node:process";

/** Milliseconds on a clock that never jumps. At its first use `performance.now` would load all that Node measures itself with. */
export function ticks(): number {
  return uptime() * 1000;
}
