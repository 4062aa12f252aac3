import { isRepositoryName, type RepositoryName } from "../../registry/names.ts";
import { decodeRequest, type RegistryRequest } from "../../wire/request.ts";
import type { Request } from "../../wire/transport.ts";

/** What a request needs a token for. */
export interface Access {
  /** Scopes that serve every request to this repository: one token, asked for once. */
  readonly broad: readonly string[];
  /** Scopes of this kind of request alone, where the token server refuses the broad ones. */
  readonly narrow: readonly string[];
  readonly repository?: RepositoryName;
}

/** Reads off a request what the token for it must allow; nothing where it is the ping, or no request of the protocol. */
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

/** Uploads go on at places that servers name, which need not follow the protocol: GHCR's are under `blobs/upload`. */
function repositoryIn(path: string): RepositoryName | undefined {
  const name = /^\/v2\/([^?]+?)\/(?:blobs|manifests|tags|referrers)\//.exec(path)?.[1];
  return name !== undefined && isRepositoryName(name) ? name : undefined;
}

/** The actions that distribution asks for, by method. */
function actionsOf(method: string): string {
  if (method === "DELETE") return "delete";
  return method === "GET" || method === "HEAD" ? "pull" : "pull,push";
}
