import { runUi } from "../../src/tui/run.ts";
import type { World } from "../../src/tui/world.ts";

/** A program whose work throws where nobody catches it, as soon as a registry is opened. */
const world: Pick<World, "recents" | "clock" | "connect"> = {
  clock: { now: () => new Date(), ticks: () => performance.now(), sleep: () => Promise.resolve() },
  recents: () => Promise.resolve(["one.example/app"]),
  connect() {
    setImmediate(() => {
      throw new Error("a bug\u001b]0;owned\u0007");
    });
    throw new Error("it is caught");
  },
};
void runUi(world as World, {
  address: undefined,
  repository: undefined,
  look: { colour: true, ascii: false },
  isMultiplexed: false,
  signal: new AbortController().signal,
  marksIdle: true,
});
