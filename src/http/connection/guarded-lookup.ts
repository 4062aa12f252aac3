import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { addressKind } from "./addresses.ts";

/**
 * The system's resolver without addresses of the kind `never`, since a redirect may use a name that resolves to one.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const allowed = found.filter(({ address }) => addressKind(address) !== "never");
    const [first] = allowed;
    if (first === undefined) return callback(new Error("its name leads to an address that is refused"), []);
    return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
  });
};
