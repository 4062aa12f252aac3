import type { Registry } from "../registry/registry.ts";
import { intercept, type RegistryCall } from "./intercept.ts";

/** A failure of one call: `before` the registry carries it out, or `after`, so that only the answer is lost. */
export interface Fault {
  readonly when: "before" | "after";
  readonly error: Error;
}

/** Lets calls fail, for tests: `faultOf` gets each call with its number, from 1, and returns its fault or undefined. */
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
