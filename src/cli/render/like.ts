import type { LikeDocument } from "../../app/collecting/collect-like.ts";
import { formatSize } from "../../support/format-size.ts";
import type { Style } from "./style.ts";

/** What a registry's own collector would delete, as one line a thing. */
export function formatLike({ like, manifests, blobs, layerLinks, freed }: LikeDocument, style: Style): string {
  return [
    style.bold(
      `${like} would delete ${blobs.swept.length} blobs (${formatSize(freed)}) and ${manifests.swept.length} manifests`,
    ),
    ...manifests.swept.map(({ repository, digest }) => `manifest   ${repository} ${digest}`),
    ...layerLinks.links.map(({ repository, digest }) => `layer link ${repository} ${digest}`),
    ...blobs.swept.map(({ digest, size }) => `blob       ${digest} ${formatSize(size)}`),
    style.dim("Nothing has been changed: this only shows what that version would do."),
  ].join("\n");
}
