/** Makes text from outside safe for one line of a terminal: control and invisible characters are written as `\u{…}`. */
export function printable(text: string): string {
  return escaped(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Writes JSON in one line that is safe for a terminal, with control and invisible characters in JSON's own escapes. */
export function printableJson(value: unknown): string {
  return escaped(JSON.stringify(value), (character) =>
    character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

/**
 * Escapes controls (also ESC, CSI and OSC), line and paragraph separators, lone surrogates, bidi controls, and invisible
 * characters: zero-width characters, joiners, variation selectors, and tags that spell invisible text.
 */
function escaped(text: string, write: (character: string) => string): string {
  if (/^[ -~]*$/.test(text)) return text; // printable ASCII, which is nearly all text; this check is ten times as fast
  // the pattern stands here since V8 takes a millisecond to read it
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/gu,
    write,
  );
}
