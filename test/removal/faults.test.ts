import { describe, expect, it } from "vitest";
import type { RegistryCall } from "../../src/decorators/intercept.ts";
import { RegistryError, type RegistryErrorCode } from "../../src/registry/errors.ts";
import { app, other } from "../suites/registry/contents.ts";
import { audit, standingsOf } from "../suites/untag/audit.ts";
import { chosen, furnish } from "../suites/untag/scene.ts";
import { openStage, type Removed } from "../suites/untag/stage.ts";

/** One call that goes wrong, or all from one on: so many. */
interface Blow {
  readonly name: string;
  readonly when: "before" | "after";
  readonly code: RegistryErrorCode;
  readonly calls?: number;
  /** True where nothing of it may be left to a person: what fails once and may pass is tried again. */
  readonly passes?: true;
}

const blows: readonly Blow[] = [
  { name: "the connection fails", when: "before", code: "UNREACHABLE", passes: true },
  { name: "it is carried out and its answer is lost", when: "after", code: "LOST", passes: true },
  { name: "the server fails with 500", when: "before", code: "UNKNOWN" },
  { name: "it is carried out and the server answers 500", when: "after", code: "UNKNOWN" },
  { name: "the server is down for good", when: "before", code: "UNREACHABLE", calls: Number.POSITIVE_INFINITY },
  { name: "the server goes down within a request, for a while", when: "after", code: "LOST", calls: 12 },
  { name: "the registry refuses with 403", when: "before", code: "DENIED" },
  { name: "the registry says 405", when: "before", code: "UNSUPPORTED" },
];

/** By decoy, natively, by GitLab's older path after a rehearsal, and by decoy after one. */
const settings = [
  { profile: "distribution2", struck: blows },
  { profile: "distribution3", struck: blows.filter(({ code }) => code !== "UNKNOWN") },
  { profile: "gitlab", struck: blows.filter(({ code }) => code === "LOST" || code === "DENIED") },
  { profile: "harbor", struck: blows.filter(({ code }) => code === "LOST" || code === "UNKNOWN") },
];

/** How many removals run at the same time, each on a stage of its own: they wait for the disk. */
const together = 6;

for (const { profile, struck: possible } of settings) {
  describe(`a removal on ${profile}`, () => {
    for (const blow of possible) {
      it(`leaves nothing on a decoy and tells the truth when ${blow.name}, at whichever call`, async () => {
        const ended = new Set<number | "threw">();
        let struck = 0;
        for (let first = 1, isOver = false; !isOver; first += together) {
          const numbers = Array.from({ length: together }, (_, place) => first + place);
          const reached = await Promise.all(numbers.map(removeAndStrike));
          struck += reached.filter(Boolean).length;
          isOver = reached.includes(false);
        }
        expect(struck).toBeGreaterThan(20);
        if (blow.passes) expect([...ended].sort()).toEqual([0, "threw"]);
        else expect(ended.size, `one end only: ${[...ended]}`).toBeGreaterThan(1);

        /** False where the removal was over before that call. */
        async function removeAndStrike(number: number): Promise<boolean> {
          let count = 0;
          let call: RegistryCall | undefined;
          const stage = await openStage({
            profile,
            async through(current, proceed) {
              const since = ++count - number;
              if (since < 0 || since >= (blow.calls ?? 1)) return proceed();
              call ??= current;
              if (blow.when === "after") await proceed();
              throw new RegistryError(blow.code, blow.name);
            },
          });
          await furnish(stage.bare);
          const before = await standingsOf(stage.bare, [app, other]);
          const removed = await stage.remove(chosen).catch((error): undefined => expectKnown(error));
          ended.add(removed?.code ?? "threw");
          await told(call, removed, () => audit(stage, { requests: chosen, before, removed }));
          return call !== undefined;
        }
      });
    }
  });
}

function expectKnown(error: unknown): undefined {
  expect(error).toBeInstanceOf(RegistryError);
}

async function told(
  call: RegistryCall | undefined,
  removed: Removed | undefined,
  check: () => Promise<void>,
): Promise<void> {
  try {
    await check();
  } catch (error) {
    const ends = removed?.document.tags.map(({ tag, outcome, reason, code }) => [tag, outcome, code, reason].join(" "));
    const about = `struck ${call?.method}(${call?.args.slice(0, 2).join(", ")})`;
    throw new Error([about, error, ...(ends ?? ["threw"])].join("\n"), { cause: error });
  }
}
