import { isAbsent, RegistryError, unlessAbsent } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import { allOf, everyPage } from "../../registry/pages.ts";
import type { PageRequest, Registry } from "../../registry/registry.ts";
import { discard } from "../../wire/body.ts";
import type { RegistryRequest } from "../../wire/request.ts";
import { decodeRequest } from "../../wire/request-decoding.ts";
import type { Request } from "../../wire/transport.ts";
import { json, plainText } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

/** distribution 2 takes the tag in a DELETE for a digest and rejects it as malformed (distribution#3234). */
export const tagsAreNoDigests: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag() {
      throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content");
    },
  }),
};

/**
 * distribution 2 also accepts a layer's digest in the DELETE of a manifest: it answers 202, and an image has lost a
 * layer.
 */
export const layersAreManifests: Quirk = {
  registry: (registry) =>
    whereNoManifest(registry, async (repository, digest, absence) => {
      await registry.deleteBlob(repository, digest).catch((cause) => {
        throw isAbsent(cause) ? absence : cause;
      });
    }),
};

/** distribution 3 answers 500 to the DELETE of a manifest with a layer's digest, and deletes nothing. */
export const layersFailDeletion: Quirk = {
  registry: (registry) =>
    whereNoManifest(registry, async (repository, digest, absence) => {
      await registry.statBlob(repository, digest).catch(() => {
        throw absence;
      });
      throw new RegistryError("UNKNOWN", "unknown error");
    }),
};

/** A registry that deletes manifests as before, and does `instead` for a digest that is no manifest's. */
function whereNoManifest(
  registry: Registry,
  instead: (repository: RepositoryName, digest: Digest, absence: unknown) => Promise<void>,
): Registry {
  return {
    ...registry,
    async deleteManifest(repository, digest) {
      try {
        await registry.deleteManifest(repository, digest);
      } catch (error) {
        if (!isAbsent(error)) throw error;
        await instead(repository, digest, error);
      }
    },
  };
}

/** distribution 3 names the path in its storage in the error for a tag that does not exist. */
export const pathsInDetail: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag(repository, tag) {
      await registry.deleteTag(repository, tag).catch((error) => {
        if (!isAbsent(error)) throw error;
        const path = `/docker/registry/v2/repositories/${repository}/_manifests/tags/${tag}`;
        throw new RegistryError("MANIFEST_UNKNOWN", "manifest unknown", {
          detail: `filesystem: Path not found: ${path}`,
        });
      });
    },
  }),
};

/**
 * Both versions answer 404 for an OCI manifest whose type is not in the request's Accept; version 2 does so for an
 * index too.
 */
export function typesMustBeAccepted(...types: readonly string[]): Quirk {
  return {
    transport: (transport) => async (request) => {
      const answer = await transport(request);
      const type = answer.headers["content-type"] ?? "";
      const isDenied = answer.status === 200 && types.includes(type) && !accepts(request, type);
      if (!isDenied || !request.path.includes("/manifests/")) return answer;
      await discard(answer, 0);
      return json(request, { errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] }, 404);
    },
  };
}

/** distribution 3 links to another page after every full page of tags, so that the last page may be empty. */
export const emptyLastPage: Quirk = {
  registry: (registry) => ({
    ...registry,
    async listTags(repository, page = {}) {
      const { items, ...rest } = await registry.listTags(repository, page);
      const last = items.at(-1);
      return { items, ...(items.length === page.limit && last !== undefined && { next: last }), ...rest };
    },
  }),
};

/** distribution 2 lists all tags at once and ignores `n` and `last`. */
export const unpagedTags: Quirk = {
  registry: (registry) => ({
    ...registry,
    listTags: async (repository) => ({ items: await allOf((page) => registry.listTags(repository, page)) }),
  }),
};

/** No release of distribution (up to 3.1) has the referrers API: 404. */
export const noReferrers: Quirk = {
  registry: (registry) => ({
    ...registry,
    async listReferrers() {
      throw new RegistryError("UNSUPPORTED", "there is no referrers API", { status: 404 });
    },
  }),
};

/** Go's router answers paths that distribution does not know, with a 404 in plain text. */
export const unknownPaths: Quirk = {
  transport: (transport) => async (request) =>
    isKnownPath(request)
      ? transport(request)
      : plainText(request, {
          status: 404,
          text: "404 page not found\n",
          headers: { "x-content-type-options": "nosniff" },
        }),
};

/** distribution's catalog returns 100 names where no number is asked for, and refuses more than 1000. */
export const boundedCatalog: Quirk = {
  registry: (registry) => ({
    ...registry,
    async listRepositories({ limit = 100, ...page } = {}) {
      if (limit > 1000) throw new RegistryError("PAGINATION_NUMBER_INVALID", "invalid number of results requested");
      return registry.listRepositories({ limit, ...page });
    },
  }),
};

/** distribution 3 takes for a repository what had a manifest; 2 takes blobs for one, too. */
export const manifestsMakeRepositories: Quirk = {
  registry: (registry) => ({
    ...registry,
    async listRepositories({ limit = Number.POSITIVE_INFINITY, ...page } = {}) {
      const items: RepositoryName[] = [];
      if (limit === 0) return { items };
      for await (const name of withManifests(registry, page)) {
        const last = items.at(-1);
        if (items.length === limit && last !== undefined) return { items, next: last };
        items.push(name);
      }
      return { items };
    },
  }),
};

async function* withManifests(registry: Registry, { cursor, after = cursor }: PageRequest) {
  const behind = after === undefined ? {} : { after };
  for await (const names of everyPage((asked) => registry.listRepositories({ ...behind, ...asked }))) {
    for (const name of names) {
      const tags = await unlessAbsent(registry.listTags(name, { limit: 1 }), undefined);
      if (tags !== undefined) yield name;
    }
  }
}

function accepts({ headers }: Request, type: string): boolean {
  return (headers.accept ?? "").split(",").some((part) => part.split(";")[0]?.trim() === type);
}

const unknownKinds: readonly RegistryRequest["kind"][] = ["list-referrers", "delete-tag-reference"];

function isKnownPath(request: Request): boolean {
  try {
    return !unknownKinds.includes(decodeRequest(request).kind);
  } catch (error) {
    return !(error instanceof RegistryError && (error.status === 404 || error.code.endsWith("NAME_INVALID")));
  }
}
