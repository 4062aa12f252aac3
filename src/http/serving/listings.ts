import { hasCode, RegistryError } from "../../registry/errors.ts";
import { mediaTypes } from "../../registry/image.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import { allOf } from "../../registry/pages.ts";
import type { Page, PageRequest, Registry } from "../../registry/registry.ts";
import { formatNextLink } from "../../wire/link.ts";
import { encodeRequest, type PageQuery, type RegistryRequest } from "../../wire/request.ts";
import type { Headers, Response } from "../../wire/transport.ts";
import { json } from "./answers.ts";

/** Answers `GET /v2/_catalog` with one page and a `Link` to the next. */
export async function serveCatalog(registry: Registry, page: PageQuery): Promise<Response> {
  const found = await pageBehind((asked) => registry.listRepositories(asked), page);
  return json(
    { repositories: found.items },
    linkTo(found, page, (next) => ({ kind: "list-repositories", page: next })),
  );
}

/** Answers `GET …/tags/list` with one page and a `Link` to the next. Throws `NAME_UNKNOWN`. */
export async function serveTags(registry: Registry, repository: RepositoryName, page: PageQuery): Promise<Response> {
  const found = await pageBehind((asked) => registry.listTags(repository, asked), page);
  const link = linkTo(found, page, (next) => ({ kind: "list-tags", repository, page: next }));
  return json({ name: repository, tags: found.items }, link);
}

/**
 * Answers `GET …/referrers/<digest>` with all referrers at once; a 404 without that API, so that clients read the
 * fallback tag.
 */
export async function serveReferrers(
  registry: Registry,
  request: { readonly repository: RepositoryName; readonly digest: Digest; readonly artifactType?: string },
): Promise<Response> {
  const { repository, digest, artifactType } = request;
  const filter = artifactType === undefined ? {} : { artifactType };
  try {
    const manifests = await allOf((page) => registry.listReferrers(repository, digest, { ...filter, ...page }));
    return json(
      { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests },
      {
        "content-type": mediaTypes.ociIndex,
        ...(artifactType !== undefined && { "oci-filters-applied": "artifactType" }),
      },
    );
  } catch (error) {
    if (!hasCode(error, "UNSUPPORTED")) throw error;
    throw new RegistryError("UNSUPPORTED", error.message, { status: 404, cause: error });
  }
}

/** Passes over pages of which nothing was left, so that every page has a last name to go on from. */
async function pageBehind<Item>(
  list: (page: PageRequest) => Promise<Page<Item>>,
  { n, last }: PageQuery,
): Promise<Page<Item>> {
  let page = await list({ ...(n !== undefined && { limit: n }), ...(last !== undefined && { after: last }) });
  while (page.items.length === 0 && page.next !== undefined) page = await list({ cursor: page.next });
  return page;
}

/**
 * A client goes on behind the last name: the registry's own cursor never leaves this process, nor comes in from
 * outside.
 */
function linkTo<Name extends string>(
  { items, next }: Page<Name>,
  { n }: PageQuery,
  request: (page: PageQuery) => RegistryRequest,
): Headers {
  const last = items.at(-1);
  if (next === undefined || last === undefined) return {};
  return { link: formatNextLink(encodeRequest(request({ last, ...(n !== undefined && { n }) })).path) };
}
