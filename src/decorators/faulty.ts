import type { Registry } from "../registry/registry.ts";
import { intercept, type RegistryCall } from "./intercept.ts";

/** What goes wrong with one call, and whether the registry carried it out before that. */
export interface Fault {
  readonly when: "before" | "after";
  readonly error: Error;
}

/** Breaks calls as a test wants it: `faultOf` sees each call with its number, from 1, and names what goes wrong. */
export function faulty(
  registry: Registry,
  faultOf: (call: RegistryCall, number: number) => Fault | undefined,
): Registry {
  let number = 0;
  return intercept(registry, async (call, proceed) => {
    const fault = faultOf(call, ++number);
    if (fault?.when === "before") throw fault.error;
    const result = await proceed();
    if (fault !== undefined) throw fault.error;
    return result;
  });
}
