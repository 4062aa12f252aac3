/**
 * The style of a cell, packed into a number: bits 0 to 4 hold the foreground and 5 to 9 the background (0 for the
 * terminal's own colour, else the number of one of its 16 colours plus 1); then follows a bit for each attribute.
 */
export type Style = number;

/** The terminal's own colours without attributes. */
export const plain: Style = 0;
/** Attribute: bold. */
export const bold: Style = 1 << 10;
/** Attribute: dim. */
export const dim: Style = 1 << 11;
/** Attribute: underlined. */
export const underline: Style = 1 << 12;
/** Attribute: foreground and background exchanged. */
export const reverse: Style = 1 << 13;

/** The terminal's colour 1 as foreground. */
export const red: Style = 2;
/** The terminal's colour 2 as foreground. */
export const green: Style = 3;
/** The terminal's colour 3 as foreground. */
export const yellow: Style = 4;
/** The terminal's colour 6 as foreground. */
export const cyan: Style = 7;

/** Makes a foreground colour a background. */
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

/** The SGR sequence that sets exactly this style; without colours where `colour` is false. */
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

/** The SGR code of a colour: from 30 (background 40), bright ones from 90 (100); none for the terminal's own. */
function colourCode(colour: number, base: number): number[] {
  if (colour === 0) return [];
  return [colour <= 8 ? base + colour - 1 : base + 60 + colour - 9];
}
