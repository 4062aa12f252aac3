import type { RemovalDocument, RemovalDocumentTag } from "../../app/removing/removal-document.ts";
import type { ResultOverlay } from "./overlays.ts";
import { remembered } from "./remembered.ts";

/** The tags that a removal could not remove for a reason that may pass; none for an undo or a recovery. */
export function unremoved({ of, document }: ResultOverlay): readonly RemovalDocumentTag[] {
  return of === "removal" ? failedOf(document) : [];
}

const failedOf = remembered(({ tags }: RemovalDocument) =>
  tags.filter(({ outcome }) => outcome === "failed" || outcome === "restored"),
);
