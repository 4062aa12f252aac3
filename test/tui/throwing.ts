import { runUi } from "../../src/tui/run.ts";
import type { World } from "../../src/tui/world.ts";

/** A program whose work throws where nobody catches it, a while after its screen is up. */
const world: Pick<World, "recents" | "clock"> = {
  clock: { now: () => new Date(), ticks: () => performance.now(), sleep: () => Promise.resolve() },
  async recents() {
    setTimeout(() => {
      throw new Error("a bug");
    }, 200);
    return ["one.example/app"];
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
