import { describe, expect, it } from "vitest";
import { RegistryError, type RegistryErrorCode } from "../registry/errors.ts";
import { limitedPatience, longestPatience, patienceOf, patiently } from "./patience.ts";

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
      expect(await patiently(patienceOf({ clock }), attempt)).toBe("done");
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
    await expect(patiently(patienceOf({ clock }), () => Promise.reject(error))).rejects.toBe(error);
    expect(clock.ticks()).toBe(1_000);
  });

  it("ends with the last error when its time is over, whoever has used it", async () => {
    const clock = clocked();
    const patience = patienceOf({ clock });
    let tries = 0;
    const attempt = async () => {
      tries++;
      throw failing("UNREACHABLE");
    };
    await expect(patiently(patience, attempt)).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(clock.ticks()).toBeLessThanOrEqual(1_000 + longestPatience);
    expect(tries).toBeGreaterThan(10);
    tries = 0;
    await clock.sleep(longestPatience);
    await expect(patiently(patience, attempt)).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(tries, "one each, once the common time is over").toBe(1);
  });

  it("grants a longer pause that the registry asks for, where stopping would leave a tag in between", async () => {
    const clock = clocked();
    const began = clock.ticks();
    let tries = 0;
    const attempt = async () => {
      if (++tries === 1) throw failing("TOOMANYREQUESTS", 90);
      return "done";
    };
    expect(await patiently(patienceOf({ clock }), attempt)).toBe("done");
    expect(clock.ticks() - began).toBe(90_000);
    tries = 0;
    const limited = patiently(limitedPatience({ clock, retries: 3 }), attempt);
    await expect(limited).rejects.toMatchObject({ code: "TOOMANYREQUESTS" });
    tries = 0;
    const forHours = patiently(patienceOf({ clock }), () => Promise.reject(failing("TOOMANYREQUESTS", 7_200)));
    await expect(forHours).rejects.toMatchObject({ code: "TOOMANYREQUESTS" });
    expect(clock.ticks() - began).toBe(90_000);
  });

  it("lasts as long as something succeeds now and then", async () => {
    const clock = clocked();
    const patience = patienceOf({ clock });
    for (let done = 0; done < 200; done++) {
      const answers = [failing("TOOMANYREQUESTS", 1)];
      const attempt = async () => {
        const answer = answers.pop();
        if (answer !== undefined) throw answer;
      };
      await patiently(patience, attempt);
    }
    expect(clock.ticks()).toBeGreaterThan(3 * longestPatience);
  });

  it("waits as long as the registry asks for, and not for an hour", async () => {
    const clock = clocked();
    const answers = [failing("TOOMANYREQUESTS", 20), failing("TOOMANYREQUESTS", 3_600)];
    const attempt = async () => {
      throw answers.shift() ?? new TypeError("too often");
    };
    await expect(patiently(patienceOf({ clock }), attempt)).rejects.toMatchObject({
      retryAfter: 3_600,
    });
    expect(clock.ticks()).toBe(21_000);
  });
});
