import { RegistryError } from "../registry/errors.ts";
import { isTag } from "../registry/names.ts";
import { pageOf } from "../registry/pages.ts";
import type { Registry } from "../registry/registry.ts";
import { keyedLock } from "../support/keyed-lock.ts";
import { pooled } from "../support/pool.ts";
import { blobsIn } from "./blobs.ts";
import { repositoryPage } from "./catalog.ts";
import type { StorageDriver } from "./drivers/driver.ts";
import { filesystemDriver } from "./drivers/filesystem.ts";
import { manifestsIn } from "./manifests.ts";
import { manifestsFolder, revisionFolder, tagFolder, tagsFolder } from "./paths.ts";
import { referrersIn } from "./referrers.ts";
import { uploadInto } from "./upload.ts";

/** The clock that dates uploads. */
export interface DistributionOptions {
  readonly now?: () => Date;
}

/**
 * A registry in the storage tree of the CNCF's distribution, given by its directory or a driver: that registry can
 * serve the same tree before and after, though not at the same time.
 */
export function distributionRegistry(
  store: StorageDriver | string,
  { now = () => new Date() }: DistributionOptions = {},
): Registry {
  const driver = typeof store === "string" ? filesystemDriver(store) : store;
  const blobs = blobsIn(driver);
  const manifests = manifestsIn(driver, blobs);
  const referrers = referrersIn(driver, manifests);
  // pushes to one repository run together; a deletion reads all its tags, and runs alone
  const lock = keyedLock();

  return {
    listRepositories: (page) => repositoryPage(driver, page),
    async listTags(repository, page) {
      const tags = (await driver.list(tagsFolder(repository))).filter(isTag);
      if (tags.length === 0 && (await driver.list(manifestsFolder(repository))).length === 0) {
        throw new RegistryError("NAME_UNKNOWN", `repository ${repository} is unknown`);
      }
      return pageOf(tags.sort(), page);
    },
    async listReferrers(repository, subject, { artifactType } = {}) {
      const found = await referrers.of(repository, subject);
      return { items: found.filter((one) => artifactType === undefined || one.artifactType === artifactType) };
    },

    resolve: async (repository, reference) => (await manifests.find(repository, reference)).descriptor,
    getManifest: async (repository, reference) => (await manifests.find(repository, reference)).manifest,
    putManifest: (repository, reference, manifest) =>
      lock.shared(repository, () => manifests.put(repository, reference, manifest)),
    deleteManifest: (repository, digest) =>
      lock.exclusive(repository, async () => {
        const isThere = await manifests.isIn(repository, digest); // also where its bytes are damaged
        if (!isThere) throw new RegistryError("MANIFEST_UNKNOWN", `manifest ${digest} is unknown`);
        const tags = (await driver.list(tagsFolder(repository))).filter(isTag);
        // tags first: cut off in between, it leaves no tag without a manifest
        await pooled(tags, async (tag) => {
          if ((await manifests.current(repository, tag)) === digest) await driver.delete(tagFolder(repository, tag));
        });
        await driver.delete(revisionFolder(repository, digest));
      }),
    deleteTag: (repository, tag) =>
      lock.exclusive(repository, async () => {
        const wasThere = await driver.delete(tagFolder(repository, tag));
        if (!wasThere) throw new RegistryError("MANIFEST_UNKNOWN", `tag ${tag} is unknown`);
      }),

    statBlob: (repository, digest) => blobs.size(repository, digest),
    getBlob: (repository, digest, range) => blobs.open(repository, digest, range),
    openUpload: (repository) => uploadInto(driver, { repository, blobs, now: now() }),
    mountBlob: (repository, digest, from) => blobs.mount(repository, digest, from),
    deleteBlob: (repository, digest) => blobs.unlink(repository, digest),
  };
}
