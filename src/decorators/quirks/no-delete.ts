import { RegistryError } from "../../registry/errors.ts";
import type { Quirk } from "./quirk.ts";

/** Deletion is switched off: 405 for everything, as distribution answers without `storage.delete.enabled`. */
export const deletionDisabled: Quirk = {
  registry: (registry) => ({ ...registry, deleteManifest: refuse, deleteTag: refuse, deleteBlob: refuse }),
};

async function refuse(): Promise<never> {
  throw new RegistryError("UNSUPPORTED", "The operation is unsupported.");
}
