import type { Model } from "./model/model.ts";
import type { Cells } from "./screen/cells.ts";
import { difference, type Look } from "./screen/difference.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { view } from "./view.ts";

/** The frames that are drawn on a terminal. */
export interface Frames {
  /** Draws soon; all changes of one turn of the event loop are one frame. */
  draw(): void;
  /** Forgets what is on the terminal, so that the next frame draws everything. */
  forget(): void;
}

/** What is drawn, and how. */
export interface Drawn {
  readonly look: Look;
  /** True, in tests, to mark on the terminal when all input was handled and nothing is under way. */
  readonly marksIdle: boolean;
  readonly isIdle: () => boolean;
  readonly model: () => Model;
}

/** Draws the newest model; frames that come while the terminal still takes one are dropped. */
export function framesOn(terminal: Terminal, { look, marksIdle, isIdle, model }: Drawn): Frames {
  let shown: Cells | undefined;
  let isWanted = false;
  let isWriting = false;
  let marked = "";

  function frame(): void {
    isWanted = false;
    const cells = view(model());
    const bytes = difference(shown, cells, look);
    shown = cells;
    if (bytes !== "") write(marksIdle ? `${bytes}${sign("frame")}` : bytes);
    else mark();
  }
  function sign(state: "frame" | "idle"): string {
    const { width, height } = model().size;
    return `\u001b]7777;${state};${terminal.received()};${width}x${height}\u0007`;
  }
  function write(bytes: string): void {
    isWriting = true;
    terminal.write(bytes, () => {
      isWriting = false;
      if (isWanted) frame();
      else mark();
    });
  }
  function mark(): void {
    const now = sign("idle");
    if (!marksIdle || !isIdle() || marked === now) return;
    marked = now;
    write(now);
  }
  return {
    draw() {
      if (isWanted) return;
      isWanted = true;
      setImmediate(() => isWanted && !isWriting && frame());
    },
    forget() {
      shown = undefined;
    },
  };
}
