import process from "node:process";
import type { RepositoryName } from "../registry/names.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import { printable } from "../support/printable.ts";
import { type Effects, effectsOn, type ScreenEffect } from "./effects.ts";
import type { Effect, Message } from "./message.ts";
import { beginning, type Look, type Model } from "./model/model.ts";
import type { Cells } from "./screen/cells.ts";
import { difference } from "./screen/difference.ts";
import { openTerminal, type Terminal } from "./terminal/terminal.ts";
import { update } from "./update.ts";
import { view } from "./view.ts";
import type { World } from "./world.ts";

/** How the terminal UI begins and is drawn. */
export interface UiOptions {
  /** The registry to open first; undefined asks the person. */
  readonly address: RegistryAddress | undefined;
  readonly repository: RepositoryName | undefined;
  readonly look: Look;
  readonly isMultiplexed: boolean;
  /** Ends the UI as `q` does, without asking. */
  readonly signal: AbortSignal;
  /** True, in tests, to mark on the terminal when all input was handled and nothing is under way. */
  readonly marksIdle: boolean;
}

/** Shows the terminal UI until the person quits, and then restores the terminal. */
export async function runUi(world: World, options: UiOptions): Promise<void> {
  const ui = openUi(world, options);
  process.once("uncaughtException", (error) => {
    ui.leave();
    const trace = String(error instanceof Error ? error.stack : error);
    process.stderr.write(`tagwise: ${trace.split("\n").map(printable).join("\n")}\n`);
    process.exit(1);
  });
  await ui.ended;
}

interface Ui {
  readonly ended: Promise<void>;
  leave(): void;
}

function openUi(world: World, options: UiOptions): Ui {
  const { address, repository, look, isMultiplexed, signal } = options;
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const terminal = openTerminal(
    {
      onKey: (key) => dispatch({ is: "key", key }),
      onPaste: (text) => dispatch({ is: "paste", text }),
      onClick: (x, y) => dispatch({ is: "click", x, y }),
      onResize: (size) => dispatch({ is: "resize", size }),
      onReturn: () => screen.forget(),
    },
    { isMultiplexed },
  );
  const rules = address && world.rulesFor(address);
  let model: Model = beginning({
    size: terminal.size(),
    look,
    address: undefined,
    isReadOnly: rules?.isReadOnly ?? false,
    isProduction: rules?.isProduction ?? false,
  });
  const effects = effectsOn(world, (messages) => dispatch(...messages));
  const screen = screenOn(terminal, { ...options, isIdle: effects.isIdle, model: () => model });

  function dispatch(...messages: readonly Message[]): void {
    for (const message of messages) {
      const [next, wanted] = update({ ...model, now: world.clock.now().toISOString() }, message);
      model = next;
      for (const effect of wanted) perform(effect);
    }
    screen.draw();
  }

  function perform(effect: Effect): void {
    if (isForScreen(effect)) onScreen(effect);
    else effects.run(effect);
  }

  function onScreen(effect: ScreenEffect): void {
    if (effect.do === "copy") terminal.write(clipboard(effect.text), () => {});
    else if (effect.do === "mouse") terminal.mouse(effect.on);
    else if (effect.do === "suspend") terminal.suspend();
    else if (effect.do === "redraw") screen.forget();
    else void quit(effects, terminal).then(end);
  }

  signal.addEventListener("abort", () => void quit(effects, terminal).then(end), { once: true });
  terminal.enter();
  if (address === undefined)
    void world.recents().then((recents) => dispatch({ is: "start", repository: undefined, recents }));
  else effects.run({ do: "connect", address, repository });
  screen.draw();
  return { ended, leave: terminal.leave };
}

async function quit(effects: Effects, terminal: Terminal): Promise<void> {
  await effects.stop();
  terminal.leave();
}

const forScreen: readonly Effect["do"][] = ["copy", "mouse", "suspend", "redraw", "quit"];

function isForScreen(effect: Effect): effect is ScreenEffect {
  return forScreen.includes(effect.do);
}

/** The OSC 52 sequence that copies a text; it works over SSH too. */
function clipboard(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`;
}

interface Screen {
  /** Draws soon; all changes of one turn of the event loop are one frame. */
  draw(): void;
  /** Forgets what is on the terminal, so that the next frame draws everything. */
  forget(): void;
}

interface Drawn extends UiOptions {
  readonly isIdle: () => boolean;
  readonly model: () => Model;
}

/** Draws the newest model; frames that come while the terminal still takes one are dropped. */
function screenOn(terminal: Terminal, { look, marksIdle, isIdle, model }: Drawn): Screen {
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
