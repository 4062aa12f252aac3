/** Makes text from outside safe for one line of a terminal: control and invisible characters are written as `\u{…}`. */
export function printable(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(steering, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Writes JSON in one line that is safe for a terminal, with control and invisible characters in JSON's own escapes. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (isPlain(text)) return text;
  return text.replace(steering, (character) =>
    character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

/** True for printable ASCII, which is nearly all text; this check is ten times as fast. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

// controls (also ESC, CSI and OSC), line and paragraph separators, lone surrogates, bidi controls, and invisible
// characters: zero-width characters, joiners, variation selectors, and tags that spell invisible text
const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/gu;
