import { isAbsent, RegistryError } from "../../registry/errors.ts";
import { allOf } from "../../registry/pages.ts";
import { discard } from "../../wire/body.ts";
import { decodeRequest, type RegistryRequest } from "../../wire/request.ts";
import type { Request } from "../../wire/transport.ts";
import { json, plainText } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

/** distribution 2 reads a tag in a DELETE as a digest, and finds it malformed (distribution#3234). */
export const tagsAreNoDigests: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteTag() {
      throw new RegistryError("DIGEST_INVALID", "provided digest did not match uploaded content");
    },
  }),
};

/** distribution 2 looks for a manifest to delete among the layers too: it answers 202, and an image has lost a layer. */
export const layersAreManifests: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteManifest(repository, digest) {
      try {
        await registry.deleteManifest(repository, digest);
      } catch (error) {
        if (!isAbsent(error)) throw error;
        await registry.deleteBlob(repository, digest).catch((cause) => {
          throw isAbsent(cause) ? error : cause;
        });
      }
    },
  }),
};

/** distribution 3 fails over the same digest, and takes nothing away. */
export const layersFailDeletion: Quirk = {
  registry: (registry) => ({
    ...registry,
    async deleteManifest(repository, digest) {
      try {
        await registry.deleteManifest(repository, digest);
      } catch (error) {
        if (!isAbsent(error)) throw error;
        await registry.statBlob(repository, digest).catch(() => {
          throw error;
        });
        throw new RegistryError("UNKNOWN", "unknown error");
      }
    },
  }),
};

/** distribution 3 says where in its storage it looked for a tag that is not there. */
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

/** Both give an OCI image only to who names its type in Accept, and deny it to all others; 2 denies an index too. */
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

/** distribution 3 takes a full page of tags for one that others follow: the last page may be empty. */
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

/** distribution 2 lists every tag at once, whatever page was asked for. */
export const unpagedTags: Quirk = {
  registry: (registry) => ({
    ...registry,
    listTags: async (repository) => ({ items: await allOf((page) => registry.listTags(repository, page)) }),
  }),
};

/** No release of distribution has the referrers API. */
export const noReferrers: Quirk = {
  registry: (registry) => ({
    ...registry,
    async listReferrers() {
      throw new RegistryError("UNSUPPORTED", "there is no referrers API", { status: 404 });
    },
  }),
};

/** Paths that distribution's router does not know are answered by Go, in plain text. */
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

/** The catalog gives a hundred names where none is asked for, and refuses more than a thousand. */
export const boundedCatalog: Quirk = {
  registry: (registry) => ({
    ...registry,
    async listRepositories({ limit = 100, ...page } = {}) {
      if (limit > 1000) throw new RegistryError("PAGINATION_NUMBER_INVALID", "invalid number of results requested");
      return registry.listRepositories({ limit, ...page });
    },
  }),
};

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
