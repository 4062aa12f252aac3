import type { RemovalDocument, RemovalDocumentTag } from "../../app/removing/removal-document.ts";
import type { Model } from "./model.ts";
import type { ResultOverlay } from "./overlays.ts";
import { remembered } from "./remembered.ts";

/** The tags that a removal could not remove for a reason that may pass; none for an undo or a recovery. */
export function unremoved({ of, document }: ResultOverlay): readonly RemovalDocumentTag[] {
  return of === "removal" ? failedOf(document) : [];
}

const failedOf = remembered(({ tags }: RemovalDocument) =>
  tags.filter(({ outcome }) => outcome === "failed" || outcome === "restored"),
);

/** Those of the tags that are in the open repository of the open registry. */
export function inOpen(
  { registry, repository }: Pick<Model, "registry" | "repository">,
  tags: readonly RemovalDocumentTag[],
): readonly RemovalDocumentTag[] {
  const open = `${registry.address?.host}/${repository?.name}`;
  return tags.filter((tag) => tag.repository === open);
}
