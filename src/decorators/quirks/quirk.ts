import type { Registry } from "../../registry/registry.ts";
import type { Transport } from "../../wire/transport.ts";

/** A way in which a registry of this world departs from the specification. */
export interface Quirk {
  /** What it does with the contents. */
  readonly registry?: (registry: Registry) => Registry;
  /** What shows in headers, status or text alone. */
  readonly transport?: (transport: Transport) => Transport;
}
