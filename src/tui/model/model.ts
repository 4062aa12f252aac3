import type { Inspection } from "../../app/reading/inspect-manifest.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import type { RegistryAddress } from "../../registry/reference.ts";
import type { Size } from "../screen/cells.ts";
import type { Look } from "../screen/difference.ts";
import type { ToldExchange } from "../world.ts";
import type { SortOrder } from "./arrange.ts";
import type { Book } from "./book.ts";
import type { Job } from "./job.ts";
import { emptyList, type List, rowAt } from "./list.ts";
import type { Marks } from "./marks.ts";
import type { Overlay } from "./overlays.ts";
import type { Trouble } from "./trouble.ts";

/** The whole state of the UI, from which the screen is drawn. */
export interface Model {
  readonly size: Size;
  readonly look: Look;
  readonly registry: RegistryModel;
  readonly repositories: RepositoriesModel;
  readonly repository: RepositoryModel | undefined;
  /** The marks of repositories that were left, kept for when they are opened again. */
  readonly leftMarks: ReadonlyMap<RepositoryName, Marks>;
  readonly focus: Pane;
  readonly isZoomed: boolean;
  readonly isFiltering: boolean;
  readonly overlay: Overlay | undefined;
  readonly jobs: readonly Job[];
  readonly nextJob: number;
  readonly log: readonly LogLine[];
  readonly requests: readonly RequestLine[];
  /** The time of the newest message in ISO 8601, for the lines of the logs. */
  readonly now: string;
  /** A message on the status line until the next key; "" for none. */
  readonly toast: string;
  readonly recents: readonly string[];
  readonly hasMouse: boolean;
  /** A key for what was last requested to be read, so that nothing is requested twice. */
  readonly lookedAt: string;
}

/** One of the three panes. */
export type Pane = "repositories" | "tags" | "detail";

interface RegistryModel {
  readonly address: RegistryAddress | undefined;
  readonly user: string | undefined;
  readonly kind: string | undefined;
  /** How tags are removed here, or why none can be; undefined while that is not known. */
  readonly capability: CapabilityModel | undefined;
  /** Why the newest request got no answer; undefined where it got one. */
  readonly failure: string | undefined;
  readonly isReadOnly: boolean;
  readonly isProduction: boolean;
}

/** What the registry allows, known after a plan or the doctor has asked. */
export type CapabilityModel =
  | { readonly can: true; readonly strategy: string }
  | { readonly can: false; readonly repository: string; readonly why: string };

type Listing = "waiting" | "running" | "done" | "failed";

interface RepositoriesModel {
  /** Changed in place. */
  readonly names: RepositoryName[];
  readonly listing: Listing;
  readonly trouble: Trouble | undefined;
  readonly list: List;
}

/** The open repository. */
export interface RepositoryModel {
  readonly name: RepositoryName;
  /** Changed in place; `revision` counts the changes. */
  readonly book: Book;
  readonly revision: number;
  readonly listing: Listing;
  readonly trouble: Trouble | undefined;
  readonly list: List;
  /** The tag on which the cursor is put when a new listing has ended, unless it was moved meanwhile. */
  readonly returnTo: Tag | undefined;
  readonly groups: readonly (Digest | undefined)[];
  readonly sort: SortOrder;
  readonly isGrouped: boolean;
  readonly marks: Marks;
  /** How many marked tags the filter hides. */
  readonly hiddenMarks: number;
  /** The row where a range was begun; undefined where none was. */
  readonly anchor: number | undefined;
  readonly detail: DetailModel | undefined;
  readonly detailTop: number;
}

interface DetailModel {
  readonly tag: Tag;
  readonly inspection: Inspection | undefined;
  readonly trouble: Trouble | undefined;
}

/** A request in the log of requests; `at` is in ISO 8601. */
export interface RequestLine extends ToldExchange {
  readonly at: string;
}

/** A line of the log; `at` is in ISO 8601. */
export interface LogLine {
  readonly at: string;
  readonly severity: "note" | "error";
  readonly says: string;
}

/** What the first model depends on. */
export interface Beginning {
  readonly size: Size;
  readonly look: Look;
  readonly isReadOnly: boolean;
  readonly isProduction: boolean;
}

/** What is not known about a registry before anything was read. */
export const unknownRegistry: Pick<RegistryModel, "user" | "kind" | "capability" | "failure"> = {
  user: undefined,
  kind: undefined,
  capability: undefined,
  failure: undefined,
};

/** The first model, before a registry is open. */
export function beginning({ size, look, isReadOnly, isProduction }: Beginning): Model {
  return {
    size,
    look,
    registry: { address: undefined, ...unknownRegistry, isReadOnly, isProduction },
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
  return book.names[rowAt(list, list.cursor) ?? -1];
}

/** Moves the cursor of the tags for the person: the detail begins at its top, and no listing puts the cursor back. */
export function withCursorOf(repository: RepositoryModel, list: List): RepositoryModel {
  return { ...repository, list, returnTo: undefined, detailTop: 0 };
}

/** The tag whose manifest the detail shows: the one under the cursor, or on a heading the first one below it. */
export function tagInDetail(repository: RepositoryModel): Tag | undefined {
  const { list, book } = repository;
  return tagAtCursor(repository) ?? book.names[rowAt(list, list.cursor + 1) ?? -1];
}

/** The filter of the list that has the focus; for the detail, that of the tags. */
export function filterOf({ focus, repositories, repository }: Model): string {
  return focus === "repositories" ? repositories.list.filter : (repository?.list.filter ?? "");
}
