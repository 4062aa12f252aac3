import { uptime } from "node:process";

/**
 * Milliseconds on a monotonic clock. Not `performance.now`, which at its first use loads all of Node's performance
 * hooks.
 */
export function ticks(): number {
  return uptime() * 1000;
}
