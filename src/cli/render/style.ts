import process from "node:process";

/** Colours and weights for text on one stream. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

/** The style for a stream: plain unless it is a terminal, and plain under NO_COLOR and TERM=dumb. */
export function styleFor(
  { isTTY }: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Style {
  const isPainted = isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
  const paint = (code: number, end: number) => (text: string) =>
    isPainted ? `\u001b[${code}m${text}\u001b[${end}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), good: paint(32, 39), bad: paint(31, 39), warn: paint(33, 39) };
}
