import { describe, expect, it } from "vitest";
import { type EitherWay, swiftly } from "./swift.ts";

/** Work of so many steps that blocks for some milliseconds, and says which of its forms was taken. */
function work(steps: number, milliseconds = 0): EitherWay<string> {
  return {
    steps,
    blocking() {
      for (const end = performance.now() + milliseconds; performance.now() < end; );
      return "blocking";
    },
    waiting: async () => "waiting",
  };
}

describe("swiftly()", () => {
  it("blocks while steps take next to no time", async () => {
    const either = swiftly();
    for (let turn = 0; turn < 20; turn++) expect(await either(work(1_000))).toBe("blocking");
  });

  it("waits for the next thousand steps where one was slow, and tries again after them", async () => {
    const either = swiftly();
    expect(await either(work(1, 50))).toBe("blocking");
    expect(await either(work(999))).toBe("waiting");
    expect(await either(work(1))).toBe("waiting");
    expect(await either(work(1_000))).toBe("blocking");
  });

  it("lets others have their turn while much is done by blocking", async () => {
    const either = swiftly();
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    for (let turn = 0; turn < 20; turn++) await either(work(1_000, 10));
    clearInterval(others);
    expect(turns).toBeGreaterThan(2);
  });

  it("throws what the work throws, in either form", async () => {
    const either = swiftly();
    const failing = (form: "blocking" | "waiting"): EitherWay<never> => ({
      steps: 1,
      blocking() {
        throw new Error(form);
      },
      waiting: () => Promise.reject(new Error(form)),
    });
    await expect(either(failing("blocking"))).rejects.toThrow("blocking");
    await either(work(1, 50));
    await expect(either(failing("waiting"))).rejects.toThrow("waiting");
  });
});
