import { referrerOf } from "../registry/admission.ts";
import { hasCode, unlessAbsent } from "../registry/errors.ts";
import { type Descriptor, parseManifest } from "../registry/image.ts";
import type { Digest, RepositoryName } from "../registry/names.ts";
import { pooled } from "../support/pool.ts";
import { recentlyUsed } from "../support/recently-used.ts";
import { digestsBelow } from "./drivers/below.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import type { Manifests } from "./manifests.ts";
import { revisionsFolder } from "./paths.ts";

/** Finds the manifests that have a subject. */
export interface Referrers {
  of(repository: RepositoryName, subject: Digest): Promise<readonly Descriptor[]>;
}

interface Read {
  readonly subject: Digest | undefined;
  readonly referrer: Descriptor | undefined;
}

/** Manifests of which it is remembered whether they have a subject, and which. */
const mostRemembered = 200_000;

/**
 * The layout has no place for referrers, so they are read off the manifests themselves, each once: what the real
 * registry wrote is found, and nothing lies in the tree that it would not know (docs/decisions/referrers-on-disk.md).
 */
export function referrersIn(driver: StorageDriver, manifests: Manifests): Referrers {
  const remembered = recentlyUsed<Digest, Read>(mostRemembered);

  async function read(repository: RepositoryName, digest: Digest): Promise<Read> {
    const known = remembered.get(digest);
    if (known !== undefined) return known;
    const found = await unlessAbsent(readReferrer(manifests, repository, digest), undefined);
    if (found === undefined) return none; // deleted, and may come back
    remembered.set(digest, found);
    return found;
  }
  return {
    async of(repository, subject) {
      const all = await pooled(await digestsBelow(driver, revisionsFolder(repository)), (digest) =>
        read(repository, digest),
      );
      const referrers = all.flatMap((one) => (one.subject === subject && one.referrer ? [one.referrer] : []));
      const stand = await pooled(referrers, ({ digest }) => manifests.isIn(repository, digest));
      return referrers.filter((_, place) => stand[place]);
    },
  };
}

const none: Read = { subject: undefined, referrer: undefined };

async function readReferrer(manifests: Manifests, repository: RepositoryName, digest: Digest): Promise<Read> {
  try {
    const { manifest, descriptor } = await manifests.find(repository, digest);
    const content = parseManifest(manifest);
    const subject = content.subject?.digest;
    return { subject, referrer: subject && referrerOf({ descriptor, content }) };
  } catch (error) {
    // one manifest that is damaged or of no known kind must not hide the others
    if (hasCode(error, "ANSWER_INVALID", "MANIFEST_INVALID")) return none;
    throw error;
  }
}
