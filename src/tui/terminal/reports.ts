/**
 * A report that a terminal sends among the keys: whether it knows synchronized output, or a mouse click, counted from
 * 0.
 */
export type Report =
  | { readonly is: "synchronized"; readonly isKnown: boolean }
  | { readonly is: "click"; readonly x: number; readonly y: number };

// the answer to DECRQM, and a press or release of the mouse in SGR form
const reports = /\u001b\[\?(\d+);(\d+)\$y|\u001b\[<(\d+);(\d+);(\d+)([Mm])/g;
/** The beginning of a report that goes on in the next chunk. */
const beginning = /\u001b\[(?:\?[\d;]*\$?|<[\d;]*)$/;

const wheel: Readonly<Record<string, string>> = { 64: "\u001b[A", 65: "\u001b[B" };

/**
 * Makes a filter that removes a terminal's reports from its input and passes them to `hear`: Node's readline would read
 * their letters as keys, and one report ends in `y`. Turns of the wheel become arrow keys.
 */
export function reportFilter(hear: (report: Report) => void): (chunk: string) => string {
  let kept = "";
  return (chunk) => {
    const text = kept + chunk;
    kept = beginning.exec(text)?.[0] ?? "";
    return text.slice(0, text.length - kept.length).replace(reports, (_, mode, value, button, x, y, end) => {
      if (mode === "2026") hear({ is: "synchronized", isKnown: value === "1" || value === "2" });
      if (end !== "M") return "";
      if (button === "0") hear({ is: "click", x: Number(x) - 1, y: Number(y) - 1 });
      return wheel[button] ?? "";
    });
  };
}
