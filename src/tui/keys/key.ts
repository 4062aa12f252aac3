/**
 * A key by its name in the keymap (`j`, `G`, `space`, `ctrl-d`, `shift-tab`), and the text that it types; "" for none.
 */
export interface Key {
  readonly name: string;
  readonly text: string;
}

/** A key press as Node's readline reports it. */
export interface Press {
  readonly sequence?: string | undefined;
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

const names: Readonly<Record<string, string>> = {
  return: "enter",
  enter: "enter",
  escape: "esc",
  pageup: "page-up",
  pagedown: "page-down",
};

/** The keys of a key press; none for an unknown one. ESC together with a key counts as ESC and then that key. */
export function keysOf(press: Press): readonly Key[] {
  const { sequence = "", ctrl, meta } = press;
  if (meta === true && ctrl !== true && isTyped(sequence.slice(1))) {
    return [esc, ...keysOf({ sequence: sequence.slice(1) })];
  }
  const key = keyOf(press);
  return key === undefined ? [] : [key];
}

const esc: Key = { name: "esc", text: "" };

function keyOf({ sequence = "", name, ctrl, shift }: Press): Key | undefined {
  if (ctrl === true && name !== undefined) return { name: `ctrl-${name}`, text: "" };
  if (name === "space" || sequence === " ") return { name: "space", text: " " };
  if (name === "tab") return { name: shift === true ? "shift-tab" : "tab", text: "" };
  if (name === "escape") return esc;
  if (isTyped(sequence)) return { name: sequence, text: sequence };
  return name === undefined ? undefined : { name: names[name] ?? name, text: "" };
}

/** True for a single character that is no control character. */
function isTyped(sequence: string): boolean {
  return sequence !== "" && [...sequence].length === 1 && !/^\p{Cc}$/u.test(sequence);
}
