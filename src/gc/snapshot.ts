import type { StoredFile } from "../distribution/drivers/driver.ts";
import type { RepositoryPart } from "../distribution/paths.ts";
import type { RepositoryName, Tag } from "../registry/names.ts";
import type { NumberList } from "../support/column.ts";
import type { ManifestContents, Unreadable } from "./contents.ts";
import type { DigestTable } from "./digest-table.ts";

/** What a storage tree holds, as one reading found it. Digests are numbers of its table. */
export interface Snapshot {
  readonly taken: Date;
  readonly digests: DigestTable;
  readonly blobs: StoredBlobs;
  /** In the order in which the registry's own collector visits them. */
  readonly repositories: readonly RepositorySnapshot[];
  /** What was read of each manifest whose bytes are there, be it set aside. */
  readonly manifests: ReadonlyMap<number, ReadManifest | Unreadable>;
  readonly aside: Aside;
  /** What could not be read or understood: while there is any, nothing may be swept. */
  readonly problems: readonly Problem[];
}

export interface StoredBlobs {
  readonly count: number;
  /** True for one that is there, or whose folder is, while its facts are not known. */
  has(id: number): boolean;
  isKnown(id: number): boolean;
  /** Takes in what was asked about a blob; undefined where it is not there. */
  learn(id: number, facts: StoredFile | undefined): void;
  /** In bytes. */
  size(id: number): number;
  /** Milliseconds since 1970. */
  modified(id: number): number;
}

export interface ReadManifest extends Omit<ManifestContents, "references" | "subject"> {
  readonly references: readonly number[];
  readonly subject?: number;
  /** Blobs of its signatures, which versions before 2.5 kept so, and which later collectors do not know. */
  readonly signatures?: readonly number[];
}

export interface RepositorySnapshot {
  readonly name: RepositoryName;
  /** The folders that are there; where a place has no folders, those with something in them. */
  readonly parts: ReadonlySet<RepositoryPart>;
  /** Each manifest, and what its link holds: itself, as far as anyone ever saw. */
  readonly revisions: ReadonlyMap<number, number>;
  readonly tags: ReadonlyMap<Tag, number>;
  /** Tags with a folder and without a link to anything. */
  readonly hollowTags: readonly Tag[];
  /** Blobs that are linked, or may be: a folder can outlive its link. */
  readonly layers: NumberList;
  /** When each of those links was written, in milliseconds; undefined where the listing did not tell. */
  readonly layerTimes: NumberList | undefined;
  /** What each of those links holds; only where that was asked for. */
  readonly layerTargets?: ReadonlyMap<number, number>;
  /** Manifests that older versions linked among the layers, and to which a tag points. */
  readonly linkedAsLayers: ReadonlySet<number>;
  /** Uploads under way or left behind, each with the time of its last write in milliseconds. */
  readonly uploads: ReadonlyMap<string, number>;
  /** Entries of the tags' history; only where that was asked for. */
  readonly history: readonly HistoryEntry[];
}

export interface HistoryEntry {
  readonly tag: Tag;
  readonly digest: number;
}

/** What earlier runs have set aside and not yet deleted, with the paths it came from. */
export interface Aside {
  readonly blobs: ReadonlyMap<number, string>;
  readonly revisions: ReadonlyMap<RepositoryName, ReadonlyMap<number, string>>;
  readonly layers: ReadonlyMap<RepositoryName, ReadonlyMap<number, string>>;
}

/** Something in the way of a sweep. */
export interface Problem {
  readonly path: string;
  readonly says: string;
  /** What it concerns: what a registry's own collector does about it depends on that. */
  readonly about: "revision" | "tag" | "layer" | "manifest" | "tree";
  readonly repository?: RepositoryName;
}
