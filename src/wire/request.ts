import type { Digest, Reference, RepositoryName, Tag } from "../registry/names.ts";

/** One request of the distribution specification, without the HTTP around it. */
export type RegistryRequest =
  | { readonly kind: "ping" }
  | { readonly kind: "list-repositories"; readonly page: PageQuery }
  | { readonly kind: "list-tags"; readonly repository: RepositoryName; readonly page: PageQuery }
  | {
      readonly kind: "list-referrers";
      readonly repository: RepositoryName;
      readonly digest: Digest;
      readonly artifactType?: string;
    }
  | {
      readonly kind: "head-manifest" | "get-manifest";
      readonly repository: RepositoryName;
      readonly reference: Reference;
    }
  | { readonly kind: "put-manifest"; readonly repository: RepositoryName; readonly reference: Reference }
  | { readonly kind: "delete-manifest"; readonly repository: RepositoryName; readonly digest: Digest }
  | { readonly kind: "delete-tag" | "delete-tag-reference"; readonly repository: RepositoryName; readonly tag: Tag }
  | {
      readonly kind: "head-blob" | "get-blob" | "delete-blob";
      readonly repository: RepositoryName;
      readonly digest: Digest;
    }
  | ({ readonly kind: "start-upload"; readonly repository: RepositoryName } & StartQuery)
  | {
      readonly kind: "upload-status" | "append-upload" | "cancel-upload";
      readonly repository: RepositoryName;
      readonly upload: string;
    }
  | {
      readonly kind: "commit-upload";
      readonly repository: RepositoryName;
      readonly upload: string;
      readonly digest: Digest;
    };

/** The page parameters of a listing as the specification names them: at most `n` items, after the name `last`. */
export interface PageQuery {
  readonly n?: number;
  readonly last?: string;
}

interface StartQuery {
  /** With a digest, this request's body is the whole blob (a monolithic upload). */
  readonly digest?: Digest;
  readonly mount?: Digest;
  readonly from?: RepositoryName;
}

/** The method and path by which a request is sent. */
export interface Endpoint {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
}

const methods = {
  ping: "GET",
  "list-repositories": "GET",
  "list-tags": "GET",
  "list-referrers": "GET",
  "head-manifest": "HEAD",
  "get-manifest": "GET",
  "put-manifest": "PUT",
  "delete-manifest": "DELETE",
  "delete-tag": "DELETE",
  "delete-tag-reference": "DELETE",
  "head-blob": "HEAD",
  "get-blob": "GET",
  "delete-blob": "DELETE",
  "start-upload": "POST",
  "upload-status": "GET",
  "append-upload": "PATCH",
  "commit-upload": "PUT",
  "cancel-upload": "DELETE",
} as const satisfies Record<RegistryRequest["kind"], string>;

/** The method and path of a request; the inverse of `decodeRequest`. */
export function encodeRequest(request: RegistryRequest): Endpoint {
  return { method: methods[request.kind], path: pathOf(request) };
}

function pathOf(request: RegistryRequest): string {
  if (request.kind === "ping") return "/v2/";
  if (request.kind === "list-repositories") return `/v2/_catalog${query({ ...request.page })}`;
  const root = `/v2/${request.repository}`;
  switch (request.kind) {
    case "list-tags":
      return `${root}/tags/list${query({ ...request.page })}`;
    case "list-referrers":
      return `${root}/referrers/${request.digest}${query({ artifactType: request.artifactType })}`;
    case "delete-manifest":
      return `${root}/manifests/${request.digest}`;
    case "delete-tag":
      return `${root}/manifests/${request.tag}`;
    case "delete-tag-reference":
      return `${root}/tags/reference/${request.tag}`;
    case "head-blob":
    case "get-blob":
    case "delete-blob":
      return `${root}/blobs/${request.digest}`;
    case "start-upload":
      return `${root}/blobs/uploads/${query({ mount: request.mount, from: request.from, digest: request.digest })}`;
    case "upload-status":
    case "append-upload":
    case "cancel-upload":
      return `${root}/blobs/uploads/${request.upload}`;
    case "commit-upload":
      return `${root}/blobs/uploads/${request.upload}${query({ digest: request.digest })}`;
    default:
      return `${root}/manifests/${request.reference}`;
  }
}

function query(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, String(value));
  return search.size > 0 ? `?${search}` : "";
}
