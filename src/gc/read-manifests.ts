import { digestsBelow } from "../distribution/drivers/below.ts";
import type { StorageDriver } from "../distribution/drivers/driver.ts";
import { blobFile, signaturesFolder } from "../distribution/paths.ts";
import { batches } from "../support/batches.ts";
import { contentsOf, type Unreadable } from "./contents.ts";
import type { DigestTable } from "./digest-table.ts";
import type { EmitCollect } from "./events.ts";
import type { Listing } from "./listing.ts";
import type { Problem, ReadManifest, RepositorySnapshot } from "./snapshot.ts";

type Read = ReadManifest | Unreadable;

/** What reading manifests needs besides the listing. */
export interface ReadingManifests {
  readonly repositories: readonly RepositorySnapshot[];
  /** Manifests that cannot be read are added to it. */
  readonly problems: Problem[];
  readonly emit: EmitCollect;
  readonly signal?: AbortSignal | undefined;
}

/** How many files are read in one go. */
const batch = 256;

/** Reads each manifest once that a repository links, or whose link an earlier run has set aside. */
export async function readManifests(
  driver: StorageDriver,
  listing: Listing,
  { repositories, problems, emit, signal }: ReadingManifests,
): Promise<ReadonlyMap<number, Read>> {
  const read = new Map<number, Read>();
  const wanted = manifestsToRead(listing, repositories);
  let done = 0;
  for await (const { ids, bytes } of readAhead(driver, listing, [...batches(wanted, batch)])) {
    signal?.throwIfAborted();
    for (const [place, id] of ids.entries()) {
      const found = bytes[place];
      if (found === undefined) continue; // the link leads to nothing, which marking reports
      const digest = listing.digests.digestAt(id);
      const contents = contentsOf(digest, found);
      read.set(id, "unreadable" in contents ? contents : numbered(contents, listing.digests));
      if ("unreadable" in contents)
        problems.push({ path: blobFile(digest), about: "manifest", says: contents.unreadable });
    }
    done += ids.length;
    emit({ kind: "progress", phase: "reading-manifests", done, total: wanted.length });
  }
  await addSignatures(driver, listing, { repositories, read });
  return read;
}

function manifestsToRead(listing: Listing, repositories: readonly RepositorySnapshot[]): readonly number[] {
  const wanted = new Set<number>();
  for (const { revisions, linkedAsLayers } of repositories) {
    for (const [id, target] of revisions) wanted.add(id).add(target);
    for (const id of linkedAsLayers) wanted.add(id);
  }
  for (const revisions of listing.aside.revisions.values()) for (const id of revisions.keys()) wanted.add(id);
  return [...wanted];
}

interface ReadBatch {
  readonly ids: readonly number[];
  readonly bytes: readonly (Uint8Array | undefined)[];
}

/** Yields batches, and reads the next one while one is processed. */
async function* readAhead(
  driver: StorageDriver,
  listing: Listing,
  wanted: readonly (readonly number[])[],
): AsyncGenerator<ReadBatch> {
  let next: Promise<ReadBatch> | undefined;
  for (const [number, ids] of wanted.entries()) {
    const current = await (next ?? readOrAside(driver, listing, ids));
    const after = wanted[number + 1];
    next = after && readOrAside(driver, listing, after);
    next?.catch(() => {}); // thrown where it is awaited
    yield current;
  }
}

/** Reads manifests in their places, or else from where they are set aside. */
async function readOrAside(
  driver: StorageDriver,
  { aside, digests }: Listing,
  ids: readonly number[],
): Promise<ReadBatch> {
  const bytes = [...(await driver.readAll(ids.map((id) => blobFile(digests.digestAt(id)))))];
  const places = ids.flatMap((id, place) => {
    const path = bytes[place] === undefined ? aside.blobs.get(id) : undefined;
    return path === undefined ? [] : [{ place, path }];
  });
  const others = await driver.readAll(places.map(({ path }) => path));
  for (const [index, { place }] of places.entries()) bytes[place] = others[index];
  return { ids, bytes };
}

function numbered(
  { references, subject, originals, ...contents }: Exclude<ReturnType<typeof contentsOf>, Unreadable>,
  digests: DigestTable,
): ReadManifest {
  const numbers = references.map((digest) => digests.add(digest));
  return {
    ...contents,
    references: numbers,
    ...(subject !== undefined && { subject: digests.add(subject) }),
    ...(originals !== undefined && { originals: originals.map((digest) => digests.add(digest)) }),
  };
}

/** Adds the signatures of schema 1 manifests: versions before 2.5 kept them as blobs that nothing else refers to. */
async function addSignatures(
  driver: StorageDriver,
  { digests }: Listing,
  { repositories, read }: { readonly repositories: readonly RepositorySnapshot[]; readonly read: Map<number, Read> },
): Promise<void> {
  const signed = repositories.flatMap(({ name, revisions }) =>
    [...revisions].flatMap(([id, target]) => {
      const contents = read.get(target);
      const isSigned = contents !== undefined && "form" in contents && contents.form === "schema1";
      return isSigned ? [{ target, contents, folder: signaturesFolder(name, digests.digestAt(id)) }] : [];
    }),
  );
  for (const { target, contents, folder } of signed) {
    const signatures = (await digestsBelow(driver, folder)).map((digest) => digests.add(digest));
    read.set(target, { ...contents, signatures });
  }
}
