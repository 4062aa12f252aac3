import * as v from "valibot";
import { hasCode, RegistryError } from "../../registry/errors.ts";
import { type Descriptor, descriptorSchema } from "../../registry/image.ts";
import { parseJson } from "../../registry/json.ts";
import { type Digest, isRepositoryName, isTag, type RepositoryName, type Tag } from "../../registry/names.ts";
import type { Page, PageRequest, ReferrersRequest } from "../../registry/registry.ts";
import { readBody } from "../../wire/body.ts";
import { nextLink } from "../../wire/link.ts";
import { encodeRequest, type PageQuery, type RegistryRequest } from "../../wire/request.ts";
import type { Send } from "./send.ts";

/** A page may hold every tag of a repository: a hundred thousand of 128 characters is 13 MB. */
const largestPage = 64 * 1024 * 1024;

export function readRepositories(send: Send, page: PageRequest = {}): Promise<Page<RepositoryName>> {
  return readPage(send, { kind: "list-repositories", page: asked(page, 1000) }, page, (body) =>
    strings(v.parse(v.object({ repositories: v.optional(v.array(v.string())) }), body).repositories, isRepositoryName),
  );
}

export function readTags(send: Send, repository: RepositoryName, page: PageRequest = {}): Promise<Page<Tag>> {
  return readPage(send, { kind: "list-tags", repository, page: asked(page) }, page, (body) =>
    // Artifactory lists digests among the tags: what is no tag is left out
    strings(v.parse(v.object({ tags: v.optional(v.array(v.string())) }), body).tags, isTag),
  );
}

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
  return readPage(send, request, page, (body) => {
    const { manifests } = v.parse(v.object({ manifests: v.optional(v.array(descriptorSchema)) }), body);
    return (manifests ?? []).filter((found) => artifactType === undefined || found.artifactType === artifactType);
  });
}

function asked({ limit, after }: PageRequest, byDefault?: number): PageQuery {
  const n = limit ?? byDefault;
  return { ...(n !== undefined && { n }), ...(after !== undefined && { last: after }) };
}

async function readPage<Item>(
  send: Send,
  request: RegistryRequest,
  { cursor }: PageRequest,
  itemsOf: (body: unknown) => readonly Item[],
): Promise<Page<Item>> {
  const path = cursor ?? encodeRequest(request).path;
  const named = { method: "GET", path, absent: request.kind === "list-tags" ? "NAME_UNKNOWN" : "UNSUPPORTED" } as const;
  const answer = await send(named, { keepBody: true }).catch((error) => {
    // a registry that refuses `n` serves without it
    if (cursor === undefined && path.includes("n=") && isPageRefusal(error)) {
      return send({ ...named, path: path.replace(/\bn=\d+&?/, "") }, { keepBody: true });
    }
    throw error;
  });
  const items = itemsFrom(await readBody(answer, largestPage), itemsOf);
  const next = nextLink(answer.headers.link, path);
  return next === undefined ? { items } : { items, next };
}

/** distribution answers 400 for `n` above its maximum, ECR 405. */
function isPageRefusal(error: unknown): boolean {
  return (
    hasCode(error, "PAGINATION_NUMBER_INVALID") || (error instanceof RegistryError && [400, 405].includes(error.status))
  );
}

function itemsFrom<Item>(body: Uint8Array, itemsOf: (body: unknown) => readonly Item[]): readonly Item[] {
  try {
    return itemsOf(parseJson(body));
  } catch (cause) {
    throw new RegistryError("ANSWER_INVALID", "the registry sent a listing that cannot be read", { cause });
  }
}

function strings<Name extends string>(
  found: readonly string[] | undefined,
  isName: (text: string) => text is Name,
): readonly Name[] {
  return (found ?? []).filter(isName);
}
