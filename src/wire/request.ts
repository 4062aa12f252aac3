import { RegistryError } from "../registry/errors.ts";
import {
  type Digest,
  isDigest,
  isDigestText,
  isRepositoryName,
  parseDigest,
  parseReference,
  parseRepositoryName,
  parseTag,
  type Reference,
  type RepositoryName,
  type Tag,
} from "../registry/names.ts";

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

const route =
  /^\/v2\/(?<name>.+?)\/(?<noun>manifests|blobs\/uploads|blobs|tags\/reference|tags|referrers)\/(?<last>[^/]*)$/;

/**
 * Parses the method, path and query of a request. Throws `UNSUPPORTED` for a method that the path does not have,
 * `…_INVALID` for a bad name or path.
 */
export function decodeRequest({ method, path }: Endpoint): RegistryRequest {
  const { pathname, searchParams } = new URL(path, "http://registry.invalid");
  if (/^\/v2\/?$/.test(pathname)) return only(method, ["GET", "HEAD"], { kind: "ping" });
  if (pathname === "/v2/_catalog")
    return only(method, ["GET"], { kind: "list-repositories", page: decodePage(searchParams) });
  const { name, noun, last } = route.exec(decodePath(pathname))?.groups ?? {};
  if (name === undefined || noun === undefined || last === undefined) {
    throw new RegistryError("NAME_INVALID", "no such path in the distribution protocol", { status: 404 });
  }
  const repository = parseRepositoryName(name);
  const request = decoders[noun]?.({ method, repository, last, searchParams });
  if (request === undefined) throw notAllowed(method);
  return request;
}

interface Parts {
  readonly method: string;
  readonly repository: RepositoryName;
  readonly last: string;
  readonly searchParams: URLSearchParams;
}

const decoders: Readonly<Record<string, (parts: Parts) => RegistryRequest | undefined>> = {
  manifests({ method, repository, last }) {
    const reference = parseReference(last);
    if (method === "DELETE") {
      return isDigest(reference)
        ? { kind: "delete-manifest", repository, digest: reference }
        : { kind: "delete-tag", repository, tag: reference as Tag };
    }
    const kind = ({ HEAD: "head-manifest", GET: "get-manifest", PUT: "put-manifest" } as const)[method];
    return kind && { kind, repository, reference };
  },
  blobs({ method, repository, last, searchParams }) {
    if (last === "uploads" && method === "POST") return decodeStart(repository, searchParams);
    const kind = ({ HEAD: "head-blob", GET: "get-blob", DELETE: "delete-blob" } as const)[method];
    return kind && { kind, repository, digest: parseDigest(last) };
  },
  "blobs/uploads"({ method, repository, last, searchParams }) {
    if (last === "") return method === "POST" ? decodeStart(repository, searchParams) : undefined;
    if (method === "PUT") {
      return { kind: "commit-upload", repository, upload: last, digest: parseDigest(searchParams.get("digest") ?? "") };
    }
    const kind = ({ GET: "upload-status", PATCH: "append-upload", DELETE: "cancel-upload" } as const)[method];
    return kind && { kind, repository, upload: last };
  },
  tags({ method, repository, last, searchParams }) {
    return method === "GET" && last === "list"
      ? { kind: "list-tags", repository, page: decodePage(searchParams) }
      : undefined;
  },
  "tags/reference"({ method, repository, last }) {
    return method === "DELETE" ? { kind: "delete-tag-reference", repository, tag: parseTag(last) } : undefined;
  },
  referrers({ method, repository, last, searchParams }) {
    if (method !== "GET") return undefined;
    const artifactType = searchParams.get("artifactType");
    return {
      kind: "list-referrers",
      repository,
      digest: parseDigest(last),
      ...(artifactType !== null && { artifactType }),
    };
  },
};

/** A mount with an invalid digest or source is treated as an ordinary upload. */
function decodeStart(repository: RepositoryName, searchParams: URLSearchParams): RegistryRequest {
  const [digest, mount, from] = ["digest", "mount", "from"].map((name) => searchParams.get(name));
  return {
    kind: "start-upload",
    repository,
    ...(digest && { digest: parseDigest(digest) }),
    ...(mount && isDigestText(mount) && mountOf(mount, from ?? "")),
  };
}

function mountOf(mount: Digest, from: string): { readonly mount?: Digest; readonly from?: RepositoryName } {
  if (from === "") return { mount };
  return isRepositoryName(from) ? { mount, from } : {};
}

/** Throws `PAGINATION_NUMBER_INVALID` where `n` is not a whole number. */
function decodePage(search: URLSearchParams): PageQuery {
  const [n, last] = [search.get("n") || null, search.get("last")]; // an empty number is none
  if (n !== null && !/^\d{1,9}$/.test(n))
    throw new RegistryError("PAGINATION_NUMBER_INVALID", `invalid number of results ${JSON.stringify(n)}`);
  return { ...(n !== null && { n: Number(n) }), ...(last !== null && { last }) };
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function only(method: string, allowed: readonly string[], request: RegistryRequest): RegistryRequest {
  if (!allowed.includes(method)) throw notAllowed(method);
  return request;
}

function notAllowed(method: string): RegistryError {
  return new RegistryError("UNSUPPORTED", `${method} is not allowed here`);
}
