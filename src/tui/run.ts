import process from "node:process";
import type { RepositoryName } from "../registry/names.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import { type Effects, effectsOn, type ScreenEffect } from "./effects.ts";
import type { Effect, Message } from "./message.ts";
import { beginning, type Look, type Model } from "./model/model.ts";
import type { Cells } from "./screen/cells.ts";
import { difference } from "./screen/difference.ts";
import { openTerminal, type Terminal } from "./terminal/terminal.ts";
import { update } from "./update.ts";
import { view } from "./view.ts";
import type { World } from "./world.ts";

export interface UiOptions {
  /** Where to begin; asked for where there is none. */
  readonly address: RegistryAddress | undefined;
  readonly repository: RepositoryName | undefined;
  readonly look: Look;
  readonly isMultiplexed: boolean;
  /** Ends it as `q` does, without a question. */
  readonly signal: AbortSignal;
  /** Tells whoever watches that all input was heard and nothing is under way: for tests. */
  readonly marksIdle: boolean;
}

/** Shows the terminal UI until the person quits; the terminal is then as it was. */
export async function runUi(world: World, options: UiOptions): Promise<void> {
  const ui = openUi(world, options);
  process.once("uncaughtException", (error) => {
    ui.leave();
    process.stderr.write(`tagwise: ${error instanceof Error ? error.stack : error}\n`);
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

/** OSC 52, which goes over SSH as well. */
function clipboard(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`;
}

interface Screen {
  /** Draws soon; many changes of one turn are one frame. */
  draw(): void;
  /** What stands on the terminal is not known any more. */
  forget(): void;
}

interface Drawn extends UiOptions {
  readonly isIdle: () => boolean;
  readonly model: () => Model;
}

/** Draws the newest model; while the terminal takes a frame, those in between are dropped. */
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
