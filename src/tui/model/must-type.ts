import type { Model } from "./model.ts";
import type { PreviewOverlay } from "./overlays.ts";
import { summaryOf } from "./plan-summary.ts";

/** The most tags that `y` alone removes; for more, the count or the repository's name must be typed. */
const mostUntyped = 20;

/** The words of which one must be typed before `y` removes the tags; undefined where none must. */
export function mustType(
  { registry }: Pick<Model, "registry">,
  overlay: PreviewOverlay,
): readonly string[] | undefined {
  const count = overlay.plan === undefined ? overlay.tags.length : summaryOf(overlay.plan).removed;
  if (count <= mostUntyped && !registry.isProduction) return undefined;
  return [String(count), overlay.repository];
}
