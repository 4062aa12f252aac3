import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDigest, parseRepositoryName, parseTag } from "../registry/names.ts";
import { asidePath, parseAside } from "./own-paths.ts";
import {
  blobFile,
  currentLink,
  indexLink,
  knownFolders,
  layerFolder,
  linkIn,
  parseStoredPath,
  revisionFolder,
  uploadFile,
} from "./paths.ts";

const hex = "0123456789abcdef".repeat(4);
const digest = parseDigest(`sha256:${hex}`);
const component = fc.stringMatching(/^[a-z0-9]{1,8}(?:-[a-z0-9]{1,4})?$/);
const names = fc
  .array(fc.oneof(component, fc.constantFrom(hex, "sha256", "blobs", "tags", "link", "data", "current")), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parseRepositoryName(parts.join("/")));

describe("the paths of the tree", () => {
  it("are read back as what they were made from, whatever the repository is called", () => {
    fc.assert(
      fc.property(names, (repository) => {
        const tag = parseTag("v1");
        expect(parseStoredPath(linkIn(layerFolder(repository, digest)))).toEqual({ is: "layer", repository, digest });
        expect(parseStoredPath(linkIn(revisionFolder(repository, digest)))).toEqual({
          is: "revision",
          repository,
          digest,
        });
        expect(parseStoredPath(currentLink(repository, tag))).toEqual({ is: "current", repository, tag });
        expect(parseStoredPath(indexLink(repository, tag, digest))).toEqual({ is: "index", repository, tag, digest });
        expect(parseStoredPath(uploadFile(repository, "0f"))).toEqual({ is: "upload", repository, id: "0f" });
        const path = currentLink(repository, tag);
        expect(parseAside(asidePath("RUN", path))).toEqual({ run: "RUN", path });
      }),
    );
    expect(parseStoredPath(blobFile(digest))).toEqual({ is: "blob", digest });
  });

  it.each([
    "docker/registry/v2/blobs/sha256/ab/nothex/data",
    `${linkIn(layerFolder(parseRepositoryName("a"), digest))}.0.tmp`,
    "docker/registry/v2/repositories/a/_manifests/tags/v1/current/other",
    "somewhere/else",
  ])("%s is nothing that a registry looks at", (path) => expect(parseStoredPath(path)).toBeUndefined());

  it("a folder on the way to a repository is always opened", () => {
    fc.assert(
      fc.property(names, (repository) => {
        const parts = `docker/registry/v2/repositories/${repository}`.split("/");
        for (let length = 1; length <= parts.length; length++) {
          const known = knownFolders(parts.slice(0, length - 1).join("/"));
          expect(known?.isKnown(parts[length - 1] ?? "")).not.toBe(true);
        }
      }),
    );
  });
});
