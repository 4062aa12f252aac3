import { isRepositoryName, type RepositoryName } from "../../registry/names.ts";
import type { RegistryRequest } from "../../wire/request.ts";
import { decodeRequest } from "../../wire/request-decoding.ts";
import type { Request } from "../../wire/transport.ts";

/** The token scopes that a request needs (the `scope` of Docker's token authentication). */
export interface Access {
  /** Scopes for every request to this repository, so that one token does for all. */
  readonly broad: readonly string[];
  /** Scopes for this kind of request only, for token servers that refuse the broad ones. */
  readonly narrow: readonly string[];
  readonly repository?: RepositoryName;
}

/** The scopes that a request needs; none for the ping and for requests outside of the protocol. */
export function accessOf(request: Request): Access {
  const decoded = decode(request);
  if (decoded?.kind === "list-repositories") return { broad: ["registry:catalog:*"], narrow: ["registry:catalog:*"] };
  const repository = decoded === undefined ? repositoryIn(request.path) : "repository" in decoded && decoded.repository;
  if (!repository) return { broad: [], narrow: [] };
  const from = decoded?.kind === "start-upload" && decoded.from;
  const source = from ? [`repository:${from}:pull`] : [];
  return {
    repository,
    broad: [`repository:${repository}:pull,push,delete`, ...source],
    narrow: [`repository:${repository}:${actionsOf(request.method)}`, ...source],
  };
}

function decode({ method, path }: Request): RegistryRequest | undefined {
  try {
    return decodeRequest({ method, path });
  } catch {
    return undefined;
  }
}

/** The repository in a path outside of the specification: servers choose the places of uploads, GHCR `blobs/upload`. */
function repositoryIn(path: string): RepositoryName | undefined {
  const name = /^\/v2\/([^?]+?)\/(?:blobs|manifests|tags|referrers)\//.exec(path)?.[1];
  return name !== undefined && isRepositoryName(name) ? name : undefined;
}

/** The actions that distribution requires for a method. */
function actionsOf(method: string): string {
  if (method === "DELETE") return "delete";
  return method === "GET" || method === "HEAD" ? "pull" : "pull,push";
}
