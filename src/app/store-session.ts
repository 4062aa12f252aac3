import { distributionRegistry } from "../distribution/registry.ts";
import type { Store } from "../distribution/store.ts";
import { takeTagOut } from "../distribution/take-tag-out.ts";
import type { Clock } from "../support/clock.ts";
import type { Session } from "./session.ts";

/**
 * A session that reads and removes tags in a registry's storage; the running registry is only asked whether it serves
 * that storage.
 */
export function storeSession(
  { address, registry: served }: Session,
  { driver, name }: Store,
  { sleep }: Clock,
): Session {
  const registry = distributionRegistry(driver);
  return {
    address,
    registry,
    shown: registry,
    served,
    requests: () => 0,
    fingerprint: async () => ({ kind: "unknown", because: `its storage is ${name}` }),
    takeOut: (repository, tag, expected) => takeTagOut(driver, { repository, tag, expected }, sleep),
  };
}
