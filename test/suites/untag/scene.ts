import type { RemovalRequest } from "../../../src/app/removing/plan-removal.ts";
import { parseTag, type Tag } from "../../../src/registry/names.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { app, other, pushed } from "../registry/contents.ts";

/** `prefix1` to `prefixN`. */
export function tagsNamed(prefix: string, count: number): readonly Tag[] {
  return Array.from({ length: count }, (_, index) => parseTag(`${prefix}${index + 1}`));
}

const [one, two, elsewhere] = [tagsNamed("one", 2), tagsNamed("two", 3), tagsNamed("three", 1)];
export const latest: Tag = parseTag("latest");
const stable: Tag = parseTag("stable");
const alone = parseTag("alone");

/** Two repositories; shared manifests of which some tags are chosen and some are not; several chunks. */
export async function furnish(registry: Registry): Promise<void> {
  await pushed(registry, "one", [...one, latest]);
  await pushed(registry, "two", [...two, stable]);
  await pushed(registry, "unchosen", [alone]);
  await pushed(registry, "three", [...elsewhere, latest], other);
}

export const chosen: readonly RemovalRequest[] = [
  { repository: app, targets: [...one, ...two].map((tag) => ({ tag })) },
  { repository: other, targets: elsewhere.map((tag) => ({ tag })) },
];
