import process from "node:process";
import type { RepositoryName } from "../registry/names.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import { printable } from "../support/printable.ts";
import { type Effects, effectsOn } from "./effects.ts";
import { framesOn } from "./frames.ts";
import { type Effect, isForScreen, type Message, type ScreenEffect } from "./message.ts";
import { beginning, type Model } from "./model/model.ts";
import type { Look } from "./screen/difference.ts";
import { openTerminal, type Terminal } from "./terminal/terminal.ts";
import { update } from "./update.ts";
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
  const { address, repository, look, isMultiplexed, signal, marksIdle } = options;
  let end = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const terminal = openTerminal(
    {
      onKey: (key) => dispatch({ is: "key", key }),
      onPaste: (text) => dispatch({ is: "paste", text }),
      onClick: (x, y) => dispatch({ is: "click", x, y }),
      onResize: (size) => dispatch({ is: "resize", size }),
      onReturn: () => frames.forget(),
    },
    { isMultiplexed },
  );
  const rules = address && world.rulesFor(address);
  let model: Model = beginning({
    size: terminal.size(),
    look,
    isReadOnly: rules?.isReadOnly ?? false,
    isProduction: rules?.isProduction ?? false,
  });
  const effects = effectsOn(world, (messages) => dispatch(...messages));
  const frames = framesOn(terminal, { look, marksIdle, isIdle: effects.isIdle, model: () => model });

  function dispatch(...messages: readonly Message[]): void {
    for (const message of messages) {
      const [next, wanted] = update({ ...model, now: world.clock.now().toISOString() }, message);
      model = next;
      for (const effect of wanted) perform(effect);
    }
    frames.draw();
  }

  function perform(effect: Effect): void {
    if (isForScreen(effect)) onScreen(effect);
    else effects.run(effect);
  }

  function onScreen(effect: ScreenEffect): void {
    if (effect.do === "copy") terminal.copy(effect.text);
    else if (effect.do === "mouse") terminal.mouse(effect.on);
    else if (effect.do === "suspend") terminal.suspend();
    else if (effect.do === "redraw") frames.forget();
    else void quit(effects, terminal).then(end);
  }

  signal.addEventListener("abort", () => void quit(effects, terminal).then(end), { once: true });
  terminal.enter();
  if (address === undefined)
    void world.recents().then((recents) => dispatch({ is: "start", repository: undefined, recents }));
  else effects.run({ do: "connect", address, repository });
  frames.draw();
  return { ended, leave: terminal.leave };
}

async function quit(effects: Effects, terminal: Terminal): Promise<void> {
  await effects.stop();
  terminal.leave();
}
