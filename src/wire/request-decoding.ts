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
  type RepositoryName,
  type Tag,
} from "../registry/names.ts";
import type { Endpoint, PageQuery, RegistryRequest } from "./request.ts";

const route =
  /^\/v2\/(?<name>.+?)\/(?<noun>manifests|blobs\/uploads|blobs|tags\/reference|tags|referrers)\/(?<last>[^/]*)$/;

/**
 * Parses the method, path and query of a request. Throws `UNSUPPORTED` for a method that the path does not have,
 * `…_INVALID` for a bad name or path.
 */
export function decodeRequest({ method, path }: Endpoint): RegistryRequest {
  const base = "http://registry.invalid";
  if (!URL.canParse(path, base)) throw noSuchPath();
  const { pathname, searchParams } = new URL(path, base);
  if (/^\/v2\/?$/.test(pathname)) return only(method, ["GET", "HEAD"], { kind: "ping" });
  if (pathname === "/v2/_catalog")
    return only(method, ["GET"], { kind: "list-repositories", page: decodePage(searchParams) });
  const { name, noun, last } = route.exec(decodePath(pathname))?.groups ?? {};
  if (name === undefined || noun === undefined || last === undefined) {
    throw noSuchPath();
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

function noSuchPath(): RegistryError {
  return new RegistryError("NAME_INVALID", "no such path in the distribution protocol", { status: 404 });
}

function notAllowed(method: string): RegistryError {
  return new RegistryError("UNSUPPORTED", `${method} is not allowed here`);
}
