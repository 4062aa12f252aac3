import * as v from "valibot";
import { hasCode, RegistryError } from "../../registry/errors.ts";
import { type Descriptor, descriptorSchema } from "../../registry/image.ts";
import { parseJson } from "../../registry/json.ts";
import { type Digest, isRepositoryName, isTag, type RepositoryName, type Tag } from "../../registry/names.ts";
import type { Page, PageRequest, ReferrersRequest } from "../../registry/registry.ts";
import { readBody } from "../../wire/body.ts";
import { nextLink } from "../../wire/link.ts";
import { encodeRequest, type PageQuery, type RegistryRequest } from "../../wire/request.ts";
import { type Send, seeWhatAnswers, unremembered } from "./send.ts";

/** The largest page read, in bytes. A page may hold every tag of a repository: 100,000 of 128 characters are 13 MB. */
const largestPage = 64 * 1024 * 1024;

/** Reads one page of the catalog, of 1000 names where no limit is given; invalid names are left out. */
export function readRepositories(send: Send, page: PageRequest = {}): Promise<Page<RepositoryName>> {
  return readPage(send, { kind: "list-repositories", page: asked(page, 1000) }, page, (body) =>
    listIn(body, "repositories", v.string()).filter(isRepositoryName),
  );
}

/** Reads one page of a repository's tags; names that are no valid tags are left out. Throws `NAME_UNKNOWN`. */
export function readTags(send: Send, repository: RepositoryName, page: PageRequest = {}): Promise<Page<Tag>> {
  // Artifactory lists digests among the tags
  const tagsIn = (body: Uint8Array) => listIn(body, "tags", v.string()).filter(isTag);
  return readPage(send, { kind: "list-tags", repository, page: asked(page) }, page, tagsIn);
}

/**
 * Reads one page of a manifest's referrers, filtered by artifact type here too. Throws `UNSUPPORTED` without a
 * referrers API.
 */
export function readReferrers(
  send: Send,
  { repository, digest, artifactType, ...page }: ReferrersRequest & { repository: RepositoryName; digest: Digest },
): Promise<Page<Descriptor>> {
  const request = {
    kind: "list-referrers",
    repository,
    digest,
    ...(artifactType !== undefined && { artifactType }),
  } as const;
  return readPage(send, request, page, (body) =>
    listIn(body, "manifests", descriptorSchema).filter(
      (found) => artifactType === undefined || found.artifactType === artifactType,
    ),
  );
}

function asked({ limit, after }: PageRequest, byDefault?: number): PageQuery {
  const n = limit ?? byDefault;
  return { ...(n !== undefined && { n }), ...(after !== undefined && { last: after }) };
}

async function readPage<Item>(
  send: Send,
  request: RegistryRequest,
  { cursor }: PageRequest,
  itemsOf: (body: Uint8Array) => readonly Item[],
): Promise<Page<Item>> {
  const path = cursor ?? encodeRequest(request).path;
  const named = { method: "GET", path, absent: request.kind === "list-tags" ? "NAME_UNKNOWN" : "UNSUPPORTED" } as const;
  const options = { headers: unremembered, keepBody: true };
  const answer = await send(named, options).catch((error) => {
    // where a registry refuses `n`, it is asked again without it
    if (cursor === undefined && path.includes("n=") && isPageRefusal(error)) {
      return send({ ...named, path: path.replace(/\bn=\d+&?/, "") }, options);
    }
    throw request.kind === "list-tags" && isNobodys(error) ? noListing(error) : error;
  });
  const items = itemsOf(await readBody(answer, largestPage));
  const next = nextLink(answer.headers.link, path);
  return next === undefined ? { items } : { items, next };
}

/**
 * True for a 404 without an error code, as a router answers whose registry is down: that must not read as "there is
 * nothing".
 */
export function isNobodys(error: unknown): boolean {
  return error instanceof RegistryError && error.status === 404 && error.said === undefined;
}

/** What may pass is asked again. */
function noListing(cause: unknown): RegistryError {
  const message = "the tags could not be listed: a 404 came without a registry's error code";
  return new RegistryError("UNAVAILABLE", message, { cause, status: 404, next: seeThatItIsUp });
}

/** The next step after an answer that seems to come from no registry. */
export const seeThatItIsUp = "see that the registry is up, and that the address leads to it";

/** True where the registry refuses `n`: above its maximum distribution answers 400, ECR 405. */
function isPageRefusal(error: unknown): boolean {
  return (
    hasCode(error, "PAGINATION_NUMBER_INVALID") || (error instanceof RegistryError && [400, 405].includes(error.status))
  );
}

/** The list of that name; a body without it, such as `{"status":"maintenance"}`, must not read as "there is nothing". */
function listIn<Schema extends v.GenericSchema>(body: Uint8Array, list: string, item: Schema): v.InferOutput<Schema>[] {
  try {
    return v.parse(v.object({ [list]: v.array(item) }), parseJson(body, { list }))[list] ?? [];
  } catch (cause) {
    throw new RegistryError("ANSWER_INVALID", "the registry sent a listing that cannot be read", {
      cause,
      next: seeWhatAnswers,
    });
  }
}
