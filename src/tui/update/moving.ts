import { choices } from "../keys/palette.ts";
import { emptyList, type Motion, moved } from "../model/list.ts";
import { type Model, withCursorOf } from "../model/model.ts";
import { isPage, type Overlay } from "../model/overlays.ts";
import { listHeight, pageHeight } from "../view/layout.ts";
import { lastDetailTop, lastPageTop, scrolledEntries } from "../view/scrolling.ts";

/** Moves the cursor or the window of what has the keys. */
export function move(model: Model, motion: Motion): Model {
  const { overlay } = model;
  return overlay === undefined ? moveInPanes(model, motion) : { ...model, overlay: moveOver(model, overlay, motion) };
}

function moveInPanes(model: Model, motion: Motion): Model {
  const { focus, repository } = model;
  if (focus === "repositories") {
    const list = moved(model.repositories.list, motion, listHeight(model, focus));
    return { ...model, repositories: { ...model.repositories, list } };
  }
  if (repository === undefined) return model;
  if (focus === "tags") {
    const list = moved(repository.list, motion, listHeight(model, focus));
    return { ...model, repository: withCursorOf(repository, list) };
  }
  const height = listHeight(model, focus);
  return {
    ...model,
    repository: { ...repository, detailTop: scrolled(repository.detailTop, motion, height, lastDetailTop(model)) },
  };
}

function moveOver(model: Model, overlay: Overlay, motion: Motion): Overlay {
  const height = pageHeight(model.size);
  if (isPage(overlay)) return { ...overlay, top: scrolled(overlay.top, motion, height, lastPageTop(model, overlay)) };
  switch (overlay.is) {
    case "preview":
    case "result":
      return { ...overlay, top: scrolledEntries(model, overlay, motion) };
    case "history":
      return withCursor(overlay, motion, { height, length: overlay.operations?.length ?? 0 });
    case "jobs":
      return withCursor(overlay, motion, { height, length: model.jobs.length });
    case "palette":
      return withCursor(overlay, motion, { height, length: choices(overlay.text).length });
    case "open":
      return withCursor(overlay, motion, { height, length: model.recents.length + 1 });
    default:
      return overlay;
  }
}

function withCursor<Over extends { readonly cursor: number }>(
  overlay: Over,
  motion: Motion,
  { height, length }: { readonly height: number; readonly length: number },
): Over {
  return { ...overlay, cursor: stepped(overlay.cursor, motion, height, length - 1) };
}

/** Scrolls from the last possible top at most, so that a key upwards moves at once. */
function scrolled(from: number, motion: Motion, height: number, most: number): number {
  return stepped(Math.min(from, most), motion, height, most);
}

function stepped(from: number, motion: Motion, height: number, most: number): number {
  const list = { ...emptyList, length: most + 1, cursor: from };
  return Math.max(0, moved(list, motion, height).cursor);
}
