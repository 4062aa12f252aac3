import { isAbsent, isPassing, RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Registry } from "../../registry/registry.ts";
import { pooled } from "../../support/pool.ts";

/** Whether a running registry's cache still claims to have blobs that were swept. */
export interface CacheCheck {
  /** Null where the registry could not be asked. */
  readonly stale: boolean | null;
  /** The requests and their answers, as a sentence. */
  readonly says: string;
}

/** A blob that a collection removed, and a repository that had it. */
export interface SweptBlob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

/** The most blobs asked about: caches are kept by digest, so that one blob alone proves little. */
const mostAsked = 50;

/** Asks a registry, by up to 50 HEAD requests, for blobs that were just swept: a 200 proves that its cache is stale. */
export async function checkCache(
  registry: Pick<Registry, "statBlob">,
  swept: readonly SweptBlob[],
): Promise<CacheCheck> {
  const asked = swept.slice(0, mostAsked);
  if (asked.length === 0) return { stale: null, says: "nothing was swept that could be asked about" };
  try {
    const promised = await pooled(asked, ({ repository, digest }) => isPromised(registry, repository, digest));
    const first = asked[promised.indexOf(true)];
    if (first === undefined) {
      return {
        stale: false,
        says: `HEAD of ${asked.length} swept blobs: 404 for each, so its cache knows none of them`,
      };
    }
    const count = promised.filter(Boolean).length;
    return {
      stale: true,
      says: `HEAD of ${first.digest} in ${first.repository}: 200, though it was swept (${count} of ${asked.length} asked)`,
    };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return {
      stale: null,
      says: `the registry could not be asked${isPassing(error) ? " for now" : ""}: ${error.message}`,
    };
  }
}

async function isPromised(
  registry: Pick<Registry, "statBlob">,
  repository: RepositoryName,
  digest: Digest,
): Promise<boolean> {
  try {
    await registry.statBlob(repository, digest);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}
