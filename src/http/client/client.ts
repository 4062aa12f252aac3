import { hasCode, RegistryError } from "../../registry/errors.ts";
import {
  describe,
  isManifestOf,
  largestManifest,
  type Manifest,
  manifestMediaTypes,
  mediaTypes,
} from "../../registry/image.ts";
import { type Digest, isDigest, parseDigest, type Reference, type RepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { readBody } from "../../wire/body.ts";
import type { Headers, Response, Transport } from "../../wire/transport.ts";
import { getBlob, statBlob } from "./blobs.ts";
import { readReferrers, readRepositories, readTags } from "./listings.ts";
import { type Send, sender } from "./send.ts";
import { mountOver, uploadOver } from "./uploading.ts";

const accept = { accept: manifestMediaTypes.join(", ") };

/**
 * A client for any registry that speaks the distribution protocol; each call is one request. `host` names the registry
 * in errors.
 */
export function httpRegistry(transport: Transport, host?: string): Registry {
  const send = sender(transport, host);
  return {
    listRepositories: (page) => readRepositories(send, page),
    listTags: (repository, page) => readTags(send, repository, page),
    listReferrers: (repository, digest, page) => readReferrers(send, { repository, digest, ...page }),

    async resolve(repository, reference) {
      const { headers } = await send({ kind: "head-manifest", repository, reference }, { headers: accept }).catch(
        (error) => {
          if (hasCode(error, "UNSUPPORTED")) return { headers: {} as Headers }; // Nexus had no HEAD by tag
          throw error;
        },
      );
      const digest = headers["docker-content-digest"] ?? (isDigest(reference) ? reference : undefined);
      const size = Number(headers["content-length"]);
      if (digest === undefined || !(size > 0)) return describe(await getManifest(send, repository, reference));
      return { mediaType: mediaTypeOf(headers), digest: digestFrom(digest), size };
    },
    getManifest: (repository, reference) => getManifest(send, repository, reference),

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

async function getManifest(send: Send, repository: RepositoryName, reference: Reference): Promise<Manifest> {
  const answer = await send({ kind: "get-manifest", repository, reference }, { headers: accept, keepBody: true });
  const manifest = { mediaType: mediaTypeOf(answer.headers), bytes: await readBody(answer, largestManifest) };
  const digest = isDigest(reference) ? reference : answer.headers["docker-content-digest"];
  if (digest !== undefined && !isManifestOf(digestFrom(digest), manifest)) {
    throw new RegistryError("ANSWER_INVALID", `the registry sent other bytes than those of ${digest.slice(0, 80)}`);
  }
  return manifest;
}

/** The media type without parameters, since some servers add `; charset=utf-8`. */
function mediaTypeOf(headers: Response["headers"]): string {
  const type = headers["content-type"]?.split(";")[0]?.trim() ?? "";
  return type === "" || type === "application/json" ? mediaTypes.dockerSchema1 : type;
}

function digestFrom(text: string): Digest {
  try {
    return parseDigest(text);
  } catch (cause) {
    throw new RegistryError("ANSWER_INVALID", "the registry sent a digest that is none", { cause });
  }
}
