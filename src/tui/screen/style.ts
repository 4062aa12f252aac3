/**
 * How a cell looks, packed into a number: the foreground in bits 0 to 4, the background in 5 to 9 (0 for the terminal's own
 * colour, else one more than the number of one of its 16), then a bit for each attribute.
 */
export type Style = number;

export const plain: Style = 0;
export const bold: Style = 1 << 10;
export const dim: Style = 1 << 11;
export const underline: Style = 1 << 12;
export const reverse: Style = 1 << 13;

export const red: Style = 2;
export const green: Style = 3;
export const yellow: Style = 4;
export const cyan: Style = 7;

/** A foreground colour as a background. */
export function on(colour: Style): Style {
  return colour << 5;
}

const attributes: readonly (readonly [Style, number])[] = [
  [bold, 1],
  [dim, 2],
  [underline, 4],
  [reverse, 7],
];

const sequences = new Map<string, string>();

/** The escape sequence that turns a style on and every other off; without colours where the person wants none. */
export function sgr(style: Style, { colour }: { readonly colour: boolean }): string {
  const key = `${style} ${colour}`;
  const known = sequences.get(key);
  if (known !== undefined) return known;
  const codes = attributes.flatMap(([attribute, code]) => (style & attribute ? [code] : []));
  if (colour) codes.push(...colourCode(style & 31, 30), ...colourCode((style >> 5) & 31, 40));
  const sequence = `\u001b[${["0", ...codes].join(";").replace(/^0;/, ";")}m`;
  const written = codes.length === 0 ? "\u001b[m" : sequence;
  sequences.set(key, written);
  return written;
}

/** 30 to 37 and 40 to 47; the bright ones from 90 and 100. */
function colourCode(colour: number, base: number): number[] {
  if (colour === 0) return [];
  return [colour <= 8 ? base + colour - 1 : base + 60 + colour - 9];
}
