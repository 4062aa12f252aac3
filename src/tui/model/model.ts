import type { Inspection } from "../../app/reading/inspect-manifest.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import type { RegistryAddress } from "../../registry/reference.ts";
import type { Size } from "../screen/cells.ts";
import type { ToldExchange } from "../world.ts";
import type { SortOrder } from "./arrange.ts";
import type { Book } from "./book.ts";
import type { Job } from "./job.ts";
import { emptyList, type List } from "./list.ts";
import type { Marks } from "./marks.ts";
import type { Overlay } from "./overlays.ts";
import type { Trouble } from "./trouble.ts";

/** All that the screen shows, and nothing that it does not. */
export interface Model {
  readonly size: Size;
  readonly look: Look;
  readonly registry: RegistryModel;
  readonly repositories: RepositoriesModel;
  readonly repository: RepositoryModel | undefined;
  /** Marks of repositories that were left. */
  readonly leftMarks: ReadonlyMap<RepositoryName, Marks>;
  readonly focus: Pane;
  readonly isZoomed: boolean;
  readonly isFiltering: boolean;
  readonly overlay: Overlay | undefined;
  readonly jobs: readonly Job[];
  readonly nextJob: number;
  readonly log: readonly LogLine[];
  readonly requests: readonly RequestLine[];
  /** When the newest message came, as ISO 8601: lines of the logs take it. */
  readonly now: string;
  /** Said once on the status line, until the next key. */
  readonly toast: string;
  readonly recents: readonly string[];
  readonly hasMouse: boolean;
  /** What was last asked for, so that nothing is asked for twice. */
  readonly lookedAt: string;
}

/** How it is drawn, by what the terminal can. */
export interface Look {
  readonly colour: boolean;
  readonly ascii: boolean;
}

export type Pane = "repositories" | "tags" | "detail";

interface RegistryModel {
  readonly address: RegistryAddress | undefined;
  readonly user: string | undefined;
  readonly kind: string | undefined;
  /** Why nothing can be removed here, or how it is. */
  readonly capability: CapabilityModel | undefined;
  /** Why the newest request had no answer; undefined where it had one. */
  readonly failure: string | undefined;
  readonly isReadOnly: boolean;
  readonly isProduction: boolean;
}

/** What the registry allows, once somebody had to ask. */
export type CapabilityModel =
  | { readonly can: true; readonly strategy: string }
  | { readonly can: false; readonly repository: string; readonly why: string };

type Listing = "waiting" | "running" | "done" | "failed";

interface RepositoriesModel {
  /** Grows in place. */
  readonly names: RepositoryName[];
  readonly listing: Listing;
  readonly trouble: Trouble | undefined;
  readonly list: List;
}

export interface RepositoryModel {
  readonly name: RepositoryName;
  /** Grows in place; `revision` counts its changes. */
  readonly book: Book;
  readonly revision: number;
  readonly listing: Listing;
  readonly trouble: Trouble | undefined;
  readonly list: List;
  /** Where the cursor goes when the tags have been listed anew, unless it was moved meanwhile. */
  readonly returnTo: Tag | undefined;
  readonly groups: readonly (Digest | undefined)[];
  readonly sort: SortOrder;
  readonly isGrouped: boolean;
  readonly marks: Marks;
  /** Marks that the filter hides. */
  readonly hiddenMarks: number;
  /** The row where a range began. */
  readonly anchor: number | undefined;
  readonly detail: DetailModel | undefined;
  readonly detailTop: number;
}

interface DetailModel {
  readonly tag: Tag;
  readonly inspection: Inspection | undefined;
  readonly trouble: Trouble | undefined;
}

export interface RequestLine extends ToldExchange {
  readonly at: string;
}

export interface LogLine {
  readonly at: string;
  readonly severity: "note" | "error";
  readonly says: string;
}

export interface Beginning {
  readonly size: Size;
  readonly look: Look;
  readonly address: RegistryAddress | undefined;
  readonly isReadOnly: boolean;
  readonly isProduction: boolean;
}

/** A registry of which nothing was read. */
export const unknownRegistry: Pick<RegistryModel, "user" | "kind" | "capability" | "failure"> = {
  user: undefined,
  kind: undefined,
  capability: undefined,
  failure: undefined,
};

/** The screen before anything was read. */
export function beginning({ size, look, address, isReadOnly, isProduction }: Beginning): Model {
  return {
    size,
    look,
    registry: { address, ...unknownRegistry, isReadOnly, isProduction },
    repositories: { names: [], listing: "waiting", trouble: undefined, list: emptyList },
    repository: undefined,
    leftMarks: new Map(),
    focus: "repositories",
    isZoomed: false,
    isFiltering: false,
    overlay: undefined,
    jobs: [],
    nextJob: 1,
    log: [],
    requests: [],
    now: "",
    toast: "",
    recents: [],
    hasMouse: false,
    lookedAt: "",
  };
}

/** The tag under the cursor; undefined on a heading and in an empty list. */
export function tagAtCursor({ list, book }: RepositoryModel): Tag | undefined {
  const place = list.rows === undefined ? list.cursor : list.rows[list.cursor];
  return place === undefined || place < 0 ? undefined : book.names[place];
}

/** The tag whose manifest the detail tells of: on a heading the first one under it. */
export function tagInDetail(repository: RepositoryModel): Tag | undefined {
  const { list, book } = repository;
  return tagAtCursor(repository) ?? book.names[list.rows?.[list.cursor + 1] ?? -1];
}

/** The filter of the list that has the focus; the detail has none, so its tags are meant. */
export function filterOf({ focus, repositories, repository }: Model): string {
  return focus === "repositories" ? repositories.list.filter : (repository?.list.filter ?? "");
}
