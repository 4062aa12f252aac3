import { largestConfig, type Manifest, parseManifest } from "../registry/image.ts";
import type { RepositoryName } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import { collected } from "../registry/streams.ts";
import { emptyDigest } from "./decoy.ts";

/**
 * True for the dummy image that an interrupted `regctl tag delete` leaves: its one layer is `{}`, its config has the
 * label `delete-tag`. Reads one blob.
 */
export async function isRegctlDummy(
  registry: Pick<Registry, "getBlob">,
  repository: RepositoryName,
  manifest: Manifest,
): Promise<boolean> {
  try {
    const { config, layers } = parseManifest(manifest);
    if (layers.length !== 1 || layers[0]?.digest !== emptyDigest || config === undefined) return false;
    const { content } = await registry.getBlob(repository, config.digest);
    const { config: image } = JSON.parse(new TextDecoder().decode(await collected(content, largestConfig)));
    return typeof image?.Labels?.["delete-tag"] === "string" && typeof image.Labels["delete-date"] === "string";
  } catch {
    return false; // a manifest that cannot be read is not known to be a dummy
  }
}
