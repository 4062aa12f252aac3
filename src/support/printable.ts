/** Makes text from outside fit to be shown on one line of a terminal: what would steer it or hide in it is written as `\u{…}`. */
export function printable(text: string): string {
  if (/^[ -~]*$/.test(text)) return text; // nearly everything, and ten times as fast
  // controls (ESC, CSI and OSC with them), line and paragraph separators, lone surrogates, bidi controls, and whatever
  // is not drawn: zero-width characters, joiners, variation selectors, tags that spell text nobody sees
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
