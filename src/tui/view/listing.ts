import type { Model } from "../model/model.ts";
import type { Trouble } from "../model/trouble.ts";
import { dim, red, type Style } from "../screen/style.ts";
import type { Line } from "./box.ts";
import { wrapped } from "./words.ts";

/** A text over as many lines as it takes. */
export function paragraph(text: string, width: number, style: Style = dim): readonly Line[] {
  return wrapped(text, width).map((line) => ({ text: line, style }));
}

/** What stands in a list while it is asked for: as soon as a request had no answer, that it is asked again. */
export function waitingLines({ registry }: Pick<Model, "registry">, what: string, width: number): readonly Line[] {
  const { failure } = registry;
  if (failure === undefined) return paragraph(`listing the ${what} …`, width);
  return [...paragraph(failure, width, red), ...paragraph("trying again …; R tries at once", width)];
}

/** What stands in a list that could not be read, and what to do. */
export function troubleLines({ says, next }: Trouble, width: number, instead: string): readonly Line[] {
  return [...paragraph(says, width, red), ...paragraph(next ?? instead, width)];
}
