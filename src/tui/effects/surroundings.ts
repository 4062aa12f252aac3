import { hasCode } from "../../registry/errors.ts";
import type { Message } from "../message.ts";
import { sayTrouble, troubleOf } from "../model/trouble.ts";
import type { Connection, World } from "../world.ts";

/** What effects share: where answers go, and what is under way. */
export interface Surroundings {
  readonly world: World;
  /** Throws where no registry is open. */
  readonly connection: () => Connection;
  /** Hands an answer over soon, together with others. */
  readonly tell: (message: Message) => void;
  /** Holds the program busy until the work is over; errors go to the log. */
  readonly track: (work: Promise<unknown>) => void;
  /** While this waits for the person, the program counts as idle. */
  readonly untracked: <Value>(waiting: Promise<Value>) => Promise<Value>;
  readonly jobs: Map<number, RunningJob>;
}

interface RunningJob {
  readonly controller: AbortController;
  readonly confirm?: () => void;
  readonly ended: Promise<void>;
}

/** Runs a job that can be stopped; what it throws ends it with words, a stop without. */
export function startJob(
  { jobs, tell, track }: Surroundings,
  job: number,
  work: (signal: AbortSignal) => Promise<void>,
  confirm?: () => void,
): void {
  const controller = new AbortController();
  const run = async () => {
    try {
      await work(controller.signal);
      tell({ is: "job-end", job });
    } catch (error) {
      tell({ is: "job-end", job, ...(controller.signal.aborted ? {} : { trouble: troubleOf(error) }) });
      if (hasCode(error, "UNAUTHORIZED")) tell({ is: "login-wanted", refused: false });
    } finally {
      jobs.delete(job);
    }
  };
  const ended = Promise.resolve().then(run);
  jobs.set(job, { controller, ended, ...(confirm && { confirm }) });
  track(ended);
}

/** What went wrong where nobody waits for an answer, as a line of the log. */
export function logLine(error: unknown): Message {
  return { is: "log", line: { severity: "error", says: sayTrouble(troubleOf(error)) } };
}
