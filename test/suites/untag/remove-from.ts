import type { Tag } from "../../../src/registry/names.ts";
import { app, pushed } from "../registry/contents.ts";
import { latest, tagsNamed } from "./scene.ts";
import { openStage, type Removed, type Stage, type StageOptions } from "./stage.ts";

export const some: readonly Tag[] = tagsNamed("some", 20);

/** Removes all but `latest` of one image's tags and gives the end. */
export async function removeFrom(
  options: StageOptions,
  { tags = some, more = {} }: { readonly tags?: readonly Tag[]; readonly more?: Parameters<Stage["remove"]>[1] } = {},
): Promise<Removed & { readonly stage: Stage; readonly ends: readonly string[] }> {
  const stage = await openStage(options);
  await pushed(stage.bare, "one", [...tags, latest]);
  const removed = await stage.remove([{ repository: app, targets: tags.map((tag) => ({ tag })) }], more);
  return {
    ...removed,
    stage,
    ends: removed.document.tags.map(({ outcome, code }) => `${outcome} ${code ?? ""}`.trim()),
  };
}
