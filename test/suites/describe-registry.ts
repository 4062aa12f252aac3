import { afterEach, describe, expect, it } from "vitest";
import { RegistryError } from "../../src/registry/errors.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { blobLaws } from "./registry/blob-laws.ts";
import { deletionLaws } from "./registry/deletion-laws.ts";
import type { Law } from "./registry/law.ts";
import { listingLaws } from "./registry/listing-laws.ts";
import { manifestLaws } from "./registry/manifest-laws.ts";

/** An empty registry, and what to do when it is no longer wanted. */
export interface Made {
  readonly registry: Registry;
  readonly close?: () => Promise<void>;
}

/** A law that a registry breaks: why, and what holds there in its stead. */
export interface Departure {
  readonly because: string;
  readonly instead: (registry: Registry) => Promise<void>;
}

/** By what the law says, or by how it begins: one misbehaviour may break several laws. */
export type Departures = Readonly<Record<string, Departure>>;

const laws: readonly Law[] = [...manifestLaws, ...listingLaws, ...deletionLaws, ...blobLaws];

/** Checks every method of a registry and its errors; `make` is called for each law. */
export function describeRegistry(
  name: string,
  make: () => Promise<Made> | Made,
  { departures = {} }: { readonly departures?: Departures } = {},
): void {
  describe(name, () => {
    const closing: (() => Promise<void>)[] = [];
    const fresh = async () => {
      const { registry, close } = await make();
      if (close !== undefined) closing.push(close);
      return registry;
    };
    afterEach(async () => {
      for (const close of closing.splice(0)) await close();
    });

    for (const law of laws) {
      const departure = Object.entries(departures).find(([start]) => law.says.startsWith(start))?.[1];
      if (departure === undefined) it(law.says, async () => law.holds(await fresh()));
      else
        it(`${law.says}: not here, because ${departure.because}`, async () => {
          await expect(law.holds(await fresh())).rejects.toSatisfy(isDeparture);
          await departure.instead(await fresh());
        });
    }
    it("departs from laws that there are", () => {
      const idle = Object.keys(departures).filter((start) => !laws.some(({ says }) => says.startsWith(start)));
      expect(idle).toEqual([]);
    });
  });
}

/**
 * A law that is not kept fails its assertion, or is refused by the registry; any other error is a fault of the test.
 */
function isDeparture(error: unknown): boolean {
  return error instanceof RegistryError || (error instanceof Error && error.name === "AssertionError");
}
