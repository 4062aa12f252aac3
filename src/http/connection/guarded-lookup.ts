import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { addressKind } from "./addresses.ts";

/** The system's resolver, less the addresses to which no server may send us: a name may lead there as well. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const allowed = found.filter(({ address }) => addressKind(address) !== "never");
    const [first] = allowed;
    if (first === undefined) return callback(new Error("its name leads to an address that is refused"), []);
    return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
  });
};
