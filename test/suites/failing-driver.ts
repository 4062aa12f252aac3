import type { StorageDriver } from "../../src/distribution/drivers/driver.ts";

/** What a process that was killed would have thrown, if it could. */
export const killed: Error = new Error("killed");

/**
 * A driver that does so many changes and then none any more, as if its process was killed in the middle: of the last
 * call, half is done. Reading goes on until then.
 */
export function dyingDriver(driver: StorageDriver, changes: number): StorageDriver & { readonly changesLeft: number } {
  let left = changes;
  function half<Item>(items: readonly Item[]): readonly Item[] {
    if (left <= 0) throw killed;
    left--;
    return left > 0 ? items : items.slice(0, Math.floor(items.length / 2));
  }
  const alive = () => {
    if (left <= 0) throw killed;
  };
  return {
    ...driver,
    get changesLeft() {
      return left;
    },
    async write(files, options) {
      await driver.write(half(files), options);
      alive();
    },
    async moveAll(moves) {
      const moved = await driver.moveAll(half(moves));
      alive();
      return moved;
    },
    async deleteAll(paths) {
      await driver.deleteAll(half(paths));
      alive();
    },
    async readAll(paths) {
      alive();
      return driver.readAll(paths);
    },
  };
}
