import { RegistryError } from "../../registry/errors.ts";
import { describe } from "../../registry/image.ts";
import { isDigest } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Transport } from "../../wire/transport.ts";
import { getBlob, statBlob } from "./blobs.ts";
import { readReferrers, readRepositories, readTags } from "./listings.ts";
import { readManifest, resolve } from "./manifests.ts";
import { sender } from "./send.ts";
import { mountOver, uploadOver } from "./uploading.ts";

/**
 * A client for any registry that speaks the distribution protocol; a call is one request where the answer says all
 * that it should. `host` names the registry
 * in errors.
 */
export function httpRegistry(transport: Transport, host?: string): Registry {
  const send = sender(transport, host);
  return {
    listRepositories: (page) => readRepositories(send, page),
    listTags: (repository, page) => readTags(send, repository, page),
    listReferrers: (repository, digest, page) => readReferrers(send, { repository, digest, ...page }),

    resolve: (repository, reference) => resolve(send, repository, reference),
    getManifest: (repository, reference) => readManifest(send, repository, reference),

    async putManifest(repository, reference, manifest) {
      const { mediaType, bytes } = manifest;
      const headers = { "content-type": mediaType };
      const answer = await send({ kind: "put-manifest", repository, reference }, { headers, body: bytes });
      const descriptor = describe(manifest);
      const stored = answer.headers["docker-content-digest"];
      if (isDigest(reference)) return { ...descriptor, digest: reference };
      if (stored === undefined || stored === descriptor.digest) return descriptor;
      throw new RegistryError(
        "ANSWER_INVALID",
        `the registry stored ${stored.slice(0, 80)} instead of ${descriptor.digest}`,
      );
    },
    async deleteManifest(repository, digest, { lasting = false } = {}) {
      await send({ kind: "delete-manifest", repository, digest }, { lasting });
    },
    async deleteTag(repository, tag, by = "manifests") {
      await send({ kind: by === "manifests" ? "delete-tag" : "delete-tag-reference", repository, tag });
    },

    statBlob: (repository, digest) => statBlob(send, { repository, digest }),
    getBlob: (repository, digest, range) => getBlob(send, { repository, digest }, range),
    openUpload: (repository) => uploadOver(send, repository),
    mountBlob: (repository, digest, from) => mountOver(send, { repository, digest, from }),
    async deleteBlob(repository, digest) {
      await send({ kind: "delete-blob", repository, digest });
    },
  };
}
