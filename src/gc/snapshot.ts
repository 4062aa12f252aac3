import type { StoredFile } from "../distribution/drivers/driver.ts";
import type { RepositoryPart } from "../distribution/paths.ts";
import type { RepositoryName, Tag } from "../registry/names.ts";
import type { NumberList } from "../support/column.ts";
import type { ManifestContents, Unreadable } from "./contents.ts";
import type { DigestTable } from "./digest-table.ts";

/** The contents of a storage tree at one reading. Digests are numbers of its table. */
export interface Snapshot {
  readonly taken: Date;
  readonly digests: DigestTable;
  readonly blobs: StoredBlobs;
  /** In the order in which the registry's own collector visits them. */
  readonly repositories: readonly RepositorySnapshot[];
  /** Every manifest whose bytes exist, in the tree or set aside. */
  readonly manifests: ReadonlyMap<number, ReadManifest | Unreadable>;
  readonly aside: Aside;
  /** What could not be read or understood; while there is one, nothing may be swept. */
  readonly problems: readonly Problem[];
}

/** The blobs of a tree by digest number, with what is known about each. */
export interface StoredBlobs {
  readonly count: number;
  /** True for a blob that exists; while its facts are not known, its folder is enough. */
  has(id: number): boolean;
  /** False while only the blob's folder was seen, so that its size and time are not known. */
  isKnown(id: number): boolean;
  /** Records the facts of a blob; undefined where its file does not exist. */
  learn(id: number, facts: StoredFile | undefined): void;
  /** In bytes. */
  size(id: number): number;
  /** Milliseconds since 1970. */
  modified(id: number): number;
}

/** The contents of a manifest with digests as numbers. */
export interface ReadManifest extends Omit<ManifestContents, "references" | "subject" | "originals"> {
  readonly references: readonly number[];
  readonly subject?: number;
  readonly originals?: readonly number[];
  /** Blobs with its signatures (schema 1, versions before 2.5), which later versions' collectors do not know. */
  readonly signatures?: readonly number[];
}

/** The contents of one repository. */
export interface RepositorySnapshot {
  readonly name: RepositoryName;
  /** The folders that exist; in a bucket, those with something in them. */
  readonly parts: ReadonlySet<RepositoryPart>;
  /** For each linked manifest, by its number, the digest that its link holds, normally its own. */
  readonly revisions: ReadonlyMap<number, number>;
  readonly tags: ReadonlyMap<Tag, number>;
  /** Tags that have a folder and no `current` link. */
  readonly hollowTags: readonly Tag[];
  /** Blobs that have a layer link, or only its folder, which can outlive the link. */
  readonly layers: NumberList;
  /** When each of those links was written, in milliseconds since 1970; undefined where the listing did not tell. */
  readonly layerTimes: NumberList | undefined;
  /** The digest that each of those links holds, where it is no sha256; of all links where that was asked for. */
  readonly layerTargets?: ReadonlyMap<number, number>;
  /** Manifests that a tag points at and that version 2.1.0 linked among the layers. */
  readonly linkedAsLayers: ReadonlySet<number>;
  /** Uploads by id, under way or abandoned, with the time of their last write in milliseconds since 1970. */
  readonly uploads: ReadonlyMap<string, number>;
  /** The tags' history; empty where it was not asked for. */
  readonly history: readonly HistoryEntry[];
}

/** A digest that a tag points to, or once did (its index link). */
export interface HistoryEntry {
  readonly tag: Tag;
  readonly digest: number;
}

/** What earlier runs have set aside and not yet deleted: the path of each file, by digest number. */
export interface Aside {
  readonly blobs: ReadonlyMap<number, string>;
  readonly revisions: ReadonlyMap<RepositoryName, ReadonlyMap<number, string>>;
  readonly layers: ReadonlyMap<RepositoryName, ReadonlyMap<number, string>>;
}

/** Something that could not be understood, so that nothing may be swept. */
export interface Problem {
  readonly path: string;
  readonly says: string;
  /** What it concerns, on which depends how the registry's own collector treats it. */
  readonly about: "revision" | "tag" | "layer" | "manifest" | "tree";
  readonly repository?: RepositoryName;
}
