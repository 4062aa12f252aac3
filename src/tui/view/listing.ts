import type { Model } from "../model/model.ts";
import type { Trouble } from "../model/trouble.ts";
import { dim, red, type Style } from "../screen/style.ts";
import type { Line } from "./box.ts";
import { wrapped } from "./words.ts";

/** Wraps a text into lines. */
export function paragraph(text: string, width: number, style: Style = dim): readonly Line[] {
  return wrapped(text, width).map((line) => ({ text: line, style }));
}

/** The text in a list while it is being read; after a request without an answer, why, and that it is tried again. */
export function waitingLines({ registry }: Pick<Model, "registry">, what: string, width: number): readonly Line[] {
  const { failure } = registry;
  if (failure === undefined) return paragraph(`listing the ${what} …`, width);
  return [...paragraph(failure, width, red), ...paragraph("trying again …; R tries at once", width)];
}

/** The text in a list that could not be read, with what to do; `instead` is the default for that. */
export function troubleLines({ says, next }: Trouble, width: number, instead: string): readonly Line[] {
  return [...paragraph(says, width, red), ...paragraph(next ?? instead, width)];
}
