import { RegistryError } from "../registry/errors.ts";
import type { Registry } from "../registry/registry.ts";

/** A registry whose every change throws `UNSUPPORTED`; reads pass. */
export function readOnly(registry: Registry): Registry {
  return {
    ...registry,
    putManifest: refuse,
    deleteManifest: refuse,
    deleteTag: refuse,
    openUpload: refuse,
    mountBlob: refuse,
    deleteBlob: refuse,
  };
}

async function refuse(): Promise<never> {
  throw new RegistryError("UNSUPPORTED", "the registry is read-only");
}
