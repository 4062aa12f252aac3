import type { RemovalDocumentTag } from "../../app/removal-document.ts";
import type { ResultOverlay } from "./model.ts";

/** The tags that a removal was to take and did not, for a reason that may pass; of an undo there are none. */
export function unremoved({ of, document }: ResultOverlay): readonly RemovalDocumentTag[] {
  return of === "removal" ? document.tags.filter(({ outcome }) => outcome === "failed" || outcome === "restored") : [];
}
