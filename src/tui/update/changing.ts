import type { Effect, Step } from "../message.ts";
import type { Job } from "../model/job.ts";
import type { LogLine, Model, RepositoryModel } from "../model/model.ts";

/** A step without effects. */
export function still(model: Model): Step {
  return [model, []];
}

/** A step with effects. */
export function doing(model: Model, ...effects: readonly Effect[]): Step {
  return [model, effects];
}

/** Shows a message on the status line until the next key. */
export function say(model: Model, toast: string): Model {
  return { ...model, toast };
}

/** Changes the open repository, where one is open. */
export function inRepository(model: Model, change: (repository: RepositoryModel) => RepositoryModel): Model {
  return model.repository === undefined ? model : { ...model, repository: change(model.repository) };
}

/** Adds a job, whose number is `nextJob` of the model before. */
export function withJob(model: Model, { kind, title, isChanging = false }: NewJob): Model {
  const job: Job = { id: model.nextJob, kind, title, doing: "", done: 0, total: 0, isChanging, isStopping: false };
  return { ...model, jobs: [...model.jobs, job], nextJob: model.nextJob + 1 };
}

interface NewJob {
  readonly kind: Job["kind"];
  readonly title: string;
  readonly isChanging?: boolean;
}

/** Changes the job with this number, if it still exists. */
export function changeJob(model: Model, id: number, change: (job: Job) => Job): Model {
  return { ...model, jobs: model.jobs.map((job) => (job.id === id ? change(job) : job)) };
}

/** Removes the job with this number. */
export function withoutJob(model: Model, id: number): Model {
  return { ...model, jobs: model.jobs.filter((job) => job.id !== id) };
}

const mostLogged = 500;

/** Adds a line with the time to the log, and shows it on the status line where it is an error. */
export function logged(model: Model, line: Omit<LogLine, "at">): Model {
  const log = [...model.log, { ...line, at: model.now }].slice(-mostLogged);
  return line.severity === "error" ? { ...model, log, toast: line.says } : { ...model, log };
}
