import { expect } from "vitest";
import { RegistryError, type RegistryErrorCode } from "../../../src/registry/errors.ts";
import { allOf } from "../../../src/registry/pages.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { app } from "./contents.ts";

/** What must hold on every registry, checked on an empty one. */
export interface Law {
  readonly says: string;
  holds(registry: Registry): Promise<void>;
}

/** Expects an error of the registry with one of these codes. */
export async function expectCode(promise: Promise<unknown>, ...codes: readonly RegistryErrorCode[]): Promise<void> {
  const error = await promise.then(
    () => "no error",
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RegistryError);
  expect(codes).toContain((error as RegistryError).code);
}

export function tagsOf(registry: Registry, repository: typeof app = app): Promise<readonly string[]> {
  return allOf((page) => registry.listTags(repository, page)).then((tags) => tags.sort());
}
