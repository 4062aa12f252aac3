import { RegistryError } from "../registry/errors.ts";
import {
  type ImageReference,
  parseImageReference,
  parseRegistryPrefix,
  type RegistryAddress,
} from "../registry/reference.ts";
import { asUsageError, UsageError } from "./errors.ts";
import type { Settings } from "./settings.ts";

type Scheme = Pick<Settings, "scheme">;

/** Parses `HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]`. Throws a usage error that says which part is wrong. */
export function readReference(text: string, { scheme }: Scheme): ImageReference {
  return orUsageError(() => parseImageReference(text, scheme === undefined ? {} : { scheme }));
}

/** Parses `HOST[:PORT]/REPOSITORY`. Throws a usage error that says which part is wrong. */
export function readRepository(text: string, { scheme }: Scheme): ImageReference {
  const reference = readReference(text, { scheme });
  const extra = reference.digest ?? reference.tag;
  if (extra === undefined) return reference;
  const next = `write it without ${extra}, or look at that one manifest with: tagwise inspect ${text}`;
  throw new UsageError(
    `${JSON.stringify(text)} names a ${reference.digest ? "digest" : "tag"} where a repository is wanted`,
    { next },
  );
}

/** Parses `HOST[:PORT][/PREFIX]`. Throws a usage error that says which part is wrong. */
export function readPrefix(
  text: string,
  { scheme }: Scheme,
): { readonly registry: RegistryAddress; readonly prefix: string } {
  return orUsageError(() => parseRegistryPrefix(text, scheme === undefined ? {} : { scheme }));
}

/** Parses `HOST[:PORT]`. Throws a usage error for everything else. */
export function readHost(text: string, { scheme }: Scheme): RegistryAddress {
  const { registry, prefix } = readPrefix(text, { scheme });
  if (prefix === "") return registry;
  throw new UsageError(`${JSON.stringify(text)} names more than a registry`, { next: `write ${registry.host}` });
}

function orUsageError<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw cause instanceof RegistryError ? asUsageError(cause) : cause;
  }
}
