import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, type MadeImage } from "./images.ts";

/** Writes an image as an OCI layout on disk, under one name; clients push from there. */
export function writeLayout(directory: string, name: string, image: MadeImage): void {
  mkdirSync(join(directory, "blobs", "sha256"), { recursive: true });
  writeFileSync(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const annotations = { "org.opencontainers.image.ref.name": name };
  const manifests = [{ mediaType: image.mediaType, digest: image.digest, size: image.bytes.length, annotations }];
  writeFileSync(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  writeBlobs(directory, image);
}

/** The digest of the one image in an OCI layout that a client pulled. */
export function digestInLayout(directory: string): string {
  const { manifests } = JSON.parse(readFileSync(join(directory, "index.json"), "utf8")) as {
    manifests: readonly { readonly digest: string }[];
  };
  return manifests[0]?.digest ?? "nothing was pulled";
}

function writeBlobs(directory: string, { bytes, blobs, children }: MadeImage): void {
  for (const blob of [bytes, ...blobs]) {
    writeFileSync(join(directory, "blobs", "sha256", digestOf(blob).slice("sha256:".length)), blob);
  }
  for (const child of children) writeBlobs(directory, child);
}
