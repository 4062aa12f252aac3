import type { RepositoryName } from "../../registry/names.ts";
import { noRegistry } from "../keys/reasons.ts";
import type { Step } from "../message.ts";
import { arranged, sortOrders } from "../model/arrange.ts";
import { emptyBook, isRead, reopened } from "../model/book.ts";
import type { Job } from "../model/job.ts";
import { emptied, emptyList, filtered, type List, rowAt, rowOf, withRows } from "../model/list.ts";
import { noMarks } from "../model/marks.ts";
import { filterOf, type Model, type Pane, type RepositoryModel, tagAtCursor, withCursorOf } from "../model/model.ts";
import { doing, inRepository, say, still, withJob } from "./changing.ts";
import { withHiddenMarks } from "./settle.ts";

/** Enter: opens the repository under the cursor, or goes to the detail of the tag. */
export function into(model: Model): Step {
  const { focus, repositories } = model;
  if (focus === "tags") return still(focused(model, "detail"));
  const place = rowAt(repositories.list, repositories.list.cursor);
  const name = place === undefined ? undefined : repositories.names[place];
  return name === undefined ? still(say(model, "there is no repository")) : openRepository(model, name);
}

/** Opens a repository and lists its tags; scans of the one before are cancelled, its marks are kept. */
export function openRepository(model: Model, name: RepositoryName): Step {
  if (model.repository?.name === name) return still(focused(model, "tags"));
  return reopen(model, name);
}

/** Opens a repository as `openRepository` does, also the one that is open. */
export function reopen(model: Model, name: RepositoryName): Step {
  const { repository } = model;
  const leftMarks = new Map(model.leftMarks);
  if (repository !== undefined) leftMarks.set(repository.name, repository.marks);
  const marks = leftMarks.get(name) ?? noMarks;
  leftMarks.delete(name);
  const opened: RepositoryModel = {
    name,
    book: emptyBook(),
    revision: 0,
    listing: "running",
    trouble: undefined,
    list: emptyList,
    returnTo: undefined,
    groups: [],
    sort: repository?.sort ?? "name",
    isGrouped: false,
    marks,
    hiddenMarks: 0,
    anchor: undefined,
    detail: undefined,
    detailTop: 0,
  };
  const [next, cancels] = withoutScans({ ...model, repository: opened, leftMarks, lookedAt: "" });
  return doing(
    focused(next, "tags"),
    ...cancels,
    { do: "list-tags", repository: name },
    { do: "remember", name: `${model.registry.address?.host}/${name}` },
  );
}

/** Esc: drops a range, else clears the filter, else goes to the pane before. */
export function back(model: Model): Step {
  const { focus, repository } = model;
  if (repository?.anchor !== undefined) return still(inRepository(model, (open) => ({ ...open, anchor: undefined })));
  if (filterOf(model) !== "") return still(filter(model, ""));
  if (focus === "detail") return still(focused(model, "tags"));
  return still(focused(model, "repositories"));
}

/** Focuses a pane, if it is there. */
export function focused(model: Model, pane: Pane): Model {
  if (pane !== "repositories" && model.repository === undefined) return model;
  return { ...model, focus: pane };
}

/** Tab: focuses the next or previous of the panes that are there, in a circle. */
export function nextPane(model: Model, step: 1 | -1): Model {
  const panes: readonly Pane[] = model.repository === undefined ? ["repositories"] : ["repositories", "tags", "detail"];
  return focused(model, panes[(panes.indexOf(model.focus) + step + panes.length) % panes.length] ?? "repositories");
}

/**
 * Filters the list that has the focus; for the detail, the tags. The cursor goes to the first match; where the filter
 * is cleared it stays on its name, so that what was found is seen among its neighbours.
 */
export function filter(model: Model, text: string): Model {
  const before = (list: List) =>
    text.trim() === "" ? list : { ...list, cursor: 0, top: 0, rows: undefined, length: 0 };
  if (model.focus === "repositories") {
    const { repositories } = model;
    const { rows, length, ...found } = filtered(repositories.list, repositories.names, text);
    const list = withRows({ ...found, ...placeOf(before(repositories.list)) }, rows, length);
    return { ...model, repositories: { ...repositories, list } };
  }
  return inRepository(model, (repository) => {
    const list = filtered(repository.list, repository.book.names, text);
    return withHiddenMarks(
      rearranged({ ...withCursorOf(repository, list), anchor: undefined }, before(repository.list)),
    );
  });
}

/** The part of a list that says where its cursor is. */
function placeOf({ cursor, top, rows, length }: List): Pick<List, "cursor" | "top" | "rows" | "length"> {
  return { cursor, top, rows, length };
}

/** Filters and sorts again after names or facts were added; the cursor and the beginning of a range stay on their tags. */
export function reordered(repository: RepositoryModel): RepositoryModel {
  const { list, book } = repository;
  return rearranged({ ...repository, list: filtered(emptied(list), book.names, list.filter) }, list);
}

function rearranged(repository: RepositoryModel, before: List): RepositoryModel {
  const { book, list, sort, isGrouped, anchor } = repository;
  const { rows, length, groups } = arranged(book, list.rows, { sort, isGrouped });
  const placed = withRows({ ...list, ...placeOf(before) }, rows, length);
  const begun = anchor === undefined ? undefined : rowAt(before, anchor);
  const row = begun === undefined ? -1 : rowOf(placed, begun);
  return { ...repository, list: placed, groups, anchor: row < 0 ? undefined : row };
}

/** `s`: sorts by the next order; newest and largest need the facts of every tag, which are then read. */
export function sort(model: Model): Step {
  const { repository } = model;
  if (repository === undefined) return still(model);
  const order = sortOrders[(sortOrders.indexOf(repository.sort) + 1) % sortOrders.length] ?? "name";
  const next = inRepository(model, (open) => top(reordered({ ...open, sort: order })));
  return order === "name" ? still(say(next, "by name")) : readAll(say(next, `${order} first`), { withFacts: true });
}

/** `b`: groups tags by manifest, or ends that; grouping needs the digest of every tag, which are then read. */
export function group(model: Model): Step {
  const next = inRepository(model, (open) => top(reordered({ ...open, isGrouped: !open.isGrouped })));
  return next.repository?.isGrouped ? readAll(next, { withFacts: false }) : still(next);
}

function top(repository: RepositoryModel): RepositoryModel {
  return withCursorOf(repository, { ...repository.list, cursor: 0, top: 0 });
}

/** Reads the digests of all tags that were not read yet; with `withFacts` also their facts. */
export function readAll(model: Model, { withFacts }: { readonly withFacts: boolean }): Step {
  const { repository, jobs } = model;
  if (repository === undefined || repository.listing !== "done") return still(model);
  const { name, book } = repository;
  const tags = book.names.filter((tag) => !isRead(book, tag, { withFacts }));
  if (tags.length === 0 || jobs.some(({ kind }) => kind === "details" || (kind === "scan" && !withFacts)))
    return still(model);
  const title = `${withFacts ? "reading" : "scanning"} ${tags.length} tags of ${name}`;
  const [next, cancels] = withoutScans(model);
  return doing(withJob(next, { kind: withFacts ? "details" : "scan", title }), ...cancels, {
    do: "scan",
    job: model.nextJob,
    repository: name,
    tags,
    withFacts,
  });
}

/** Cancels what reads every tag. It is out of the model at once, so that nothing new waits for its last answers. */
function withoutScans(model: Model): Step {
  const isScan = ({ kind }: Job) => kind === "scan" || kind === "details";
  const cancels = model.jobs.filter(isScan).map(({ id }) => ({ do: "cancel", job: id }) as const);
  return doing({ ...model, jobs: model.jobs.filter((job) => !isScan(job)) }, ...cancels);
}

/** `R`: lists the repositories or the tags again. */
export function refresh(model: Model): Step {
  const { focus, repository } = model;
  const missing = noRegistry(model);
  if (missing !== undefined) return still(say(model, missing));
  if (focus === "repositories" || repository === undefined) {
    const list = emptied(model.repositories.list);
    const repositories = { names: [], listing: "running" as const, trouble: undefined, list };
    return doing({ ...model, repositories }, { do: "list-repositories" });
  }
  const [next, cancels] = withoutScans(model);
  const [again, effects] = relist(next, { keepDigests: false });
  return doing(again, ...cancels, ...effects);
}

/** Lists the open repository again; after a removal the digests of its tags are kept. */
export function relist(model: Model, { keepDigests }: { readonly keepDigests: boolean }): Step {
  const { repository } = model;
  if (repository === undefined) return still(model);
  const book = reopened(repository.book, { keepDigests });
  const list = emptied(repository.list);
  const returnTo = tagAtCursor(repository) ?? repository.returnTo;
  const again = {
    ...repository,
    book,
    list,
    returnTo,
    listing: "running",
    trouble: undefined,
    anchor: undefined,
  } as const;
  return doing({ ...model, repository: again, lookedAt: "" }, { do: "list-tags", repository: repository.name });
}
