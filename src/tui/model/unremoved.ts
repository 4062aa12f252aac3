import type { RemovalDocument, RemovalDocumentTag } from "../../app/removing/removal-document.ts";
import type { ResultOverlay } from "./overlays.ts";
import { remembered } from "./remembered.ts";

/** The tags that a removal was to take and did not, for a reason that may pass; of an undo there are none. */
export function unremoved({ of, document }: ResultOverlay): readonly RemovalDocumentTag[] {
  return of === "removal" ? failedOf(document) : [];
}

const failedOf = remembered(({ tags }: RemovalDocument) =>
  tags.filter(({ outcome }) => outcome === "failed" || outcome === "restored"),
);
