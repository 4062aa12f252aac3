import { hasCode } from "../../registry/errors.ts";
import type { Message } from "../message.ts";
import { sayTrouble, troubleOf } from "../model/trouble.ts";
import type { Connection, World } from "../world.ts";

/** What effects share: the connection, where messages go, and the jobs under way. */
export interface Surroundings {
  readonly world: World;
  /** The open connection. Throws where no registry is open. */
  readonly connection: () => Connection;
  /** Queues a message, which is dispatched soon together with others, unless the signal has aborted by then. */
  readonly tell: (message: Message, signal?: AbortSignal) => void;
  /** Counts the program as busy until the work has ended; its errors go to the log. */
  readonly track: (work: Promise<unknown>) => void;
  /** Counts the program as idle while this waits for the person. */
  readonly untracked: <Value>(waiting: Promise<Value>) => Promise<Value>;
  readonly jobs: Map<number, RunningJob>;
}

interface RunningJob {
  readonly controller: AbortController;
  readonly confirm?: () => void;
  readonly ended: Promise<void>;
}

/** Runs a job that can be stopped. An error ends it with a message for the person, a stop without. */
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

/** Asks a job to stop; it tells of its end itself. */
export function stopJob({ jobs }: Pick<Surroundings, "jobs">, job: number): void {
  jobs.get(job)?.controller.abort(new Error("stopped"));
}

/** The same surroundings for work that is not wanted any more once the signal aborts: nothing is told from then on. */
export function whileWanted(around: Surroundings, signal: AbortSignal): Surroundings {
  return { ...around, tell: (message) => around.tell(message, signal) };
}

/** An error as a line of the log, for work that nobody waits for. */
export function logLine(error: unknown): Message {
  return { is: "log", line: { severity: "error", says: sayTrouble(troubleOf(error)) } };
}
