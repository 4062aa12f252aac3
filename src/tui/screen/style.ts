/**
 * The style of a cell, packed into a number: bits 0 to 2 hold the colour (0 for the terminal's own, else the number of
 * one of its first seven plus 1); then follows a bit for each attribute.
 */
export type Style = number;

/** The terminal's own colours without attributes. */
export const plain: Style = 0;
/** Attribute: bold. */
export const bold: Style = 1 << 3;
/** Attribute: dim. */
export const dim: Style = 1 << 4;
/** Attribute: foreground and background exchanged. */
export const reverse: Style = 1 << 5;

/** The terminal's colour 1. */
export const red: Style = 2;
/** The terminal's colour 2. */
export const green: Style = 3;
/** The terminal's colour 3. */
export const yellow: Style = 4;
/** The terminal's colour 6. */
export const cyan: Style = 7;

const attributes: readonly (readonly [Style, number])[] = [
  [bold, 1],
  [dim, 2],
  [reverse, 7],
];

/** The number of a style's colour plus 1; 0 for the terminal's own. */
export function colourOf(style: Style): number {
  return style & 7;
}

const sequences = new Map<string, string>();

/** The SGR sequence that sets exactly this style; without colours where `colour` is false. */
export function sgr(style: Style, { colour }: { readonly colour: boolean }): string {
  const key = `${style} ${colour}`;
  const known = sequences.get(key);
  if (known !== undefined) return known;
  const codes = attributes.flatMap(([attribute, code]) => (style & attribute ? [code] : []));
  if (colour && colourOf(style) > 0) codes.push(29 + colourOf(style));
  const sequence = `\u001b[${codes.map((code) => `;${code}`).join("")}m`; // what is before the first `;` means 0
  sequences.set(key, sequence);
  return sequence;
}
