/** Makes text from outside fit to be shown on one line of a terminal: what would steer it or hide in it is written as `\u{…}`. */
export function printable(text: string): string {
  if (isPlain(text)) return text;
  return text.replace(steering, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON in one line that is fit for a terminal too: the same, in the escapes that JSON has for it. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (isPlain(text)) return text;
  return text.replace(steering, (character) =>
    character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

/** Nearly everything, and ten times as fast. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

// controls (ESC, CSI and OSC with them), line and paragraph separators, lone surrogates, bidi controls, and whatever
// is not drawn: zero-width characters, joiners, variation selectors, tags that spell text nobody sees
const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/gu;
