import { describe, expect, it } from "vitest";
import { RegistryError, type RegistryErrorCode } from "../registry/errors.ts";
import { deadlineOf, patience, patiently } from "./patience.ts";

function clocked() {
  let now = 1_000;
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  return { now: () => new Date(0), ticks: () => now, sleep };
}

const failing = (code: RegistryErrorCode, retryAfter?: number) =>
  new RegistryError(code, "no", retryAfter === undefined ? {} : { retryAfter });

describe("patiently()", () => {
  it.each(["UNREACHABLE", "LOST", "UNAVAILABLE", "TOOMANYREQUESTS", "UNKNOWN"] as const)(
    "tries again after %s",
    async (code) => {
      const clock = clocked();
      const answers = [failing(code), failing(code), "done"];
      const attempt = async () => {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      };
      expect(await patiently({ clock, until: deadlineOf({ clock }) }, attempt)).toBe("done");
      expect(clock.ticks() - 1_000).toBe(300);
    },
  );

  it.each([
    failing("DENIED"),
    failing("UNSUPPORTED"),
    failing("MANIFEST_UNKNOWN"),
    failing("ANSWER_INVALID"),
    new TypeError("ours"),
  ])("passes %s on at once", async (error) => {
    const clock = clocked();
    await expect(patiently({ clock, until: deadlineOf({ clock }) }, () => Promise.reject(error))).rejects.toBe(error);
    expect(clock.ticks()).toBe(1_000);
  });

  it("ends with the last error when its time is over, whoever has used it", async () => {
    const clock = clocked();
    const until = deadlineOf({ clock });
    let tries = 0;
    const attempt = async () => {
      tries++;
      throw failing("UNREACHABLE");
    };
    await expect(patiently({ clock, until }, attempt)).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(clock.ticks()).toBeLessThanOrEqual(1_000 + patience);
    expect(tries).toBeGreaterThan(10);
    tries = 0;
    await clock.sleep(patience);
    await expect(patiently({ clock, until }, attempt)).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(tries, "one each, once the common time is over").toBe(1);
  });

  it("waits as long as the registry asks for, and not for an hour", async () => {
    const clock = clocked();
    const answers = [failing("TOOMANYREQUESTS", 20), failing("TOOMANYREQUESTS", 3_600)];
    const attempt = async () => {
      throw answers.shift() ?? new TypeError("too often");
    };
    await expect(patiently({ clock, until: deadlineOf({ clock }) }, attempt)).rejects.toMatchObject({
      retryAfter: 3_600,
    });
    expect(clock.ticks()).toBe(21_000);
  });
});
