import type { Registry } from "../../registry/registry.ts";
import type { Transport } from "../../wire/transport.ts";

/** One way in which a real registry departs from the specification. */
export interface Quirk {
  /** Changes what the registry does. */
  readonly registry?: (registry: Registry) => Registry;
  /** Changes only status, headers or text of the answers. */
  readonly transport?: (transport: Transport) => Transport;
}
