import { distributionRegistry } from "../distribution/registry.ts";
import type { Store } from "../distribution/store.ts";
import { takeTagOut } from "../distribution/take-tag-out.ts";
import type { Clock } from "../support/clock.ts";
import type { Session } from "./session.ts";

/** A registry reached through its storage: its tags are removed there, and everything is read there but whether it is the one. */
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
