import { setImmediate as nextTurn } from "node:timers/promises";

/** The same work in a blocking and a non-blocking form. */
export interface EitherWay<Result> {
  /** How many steps, such as system calls on files, it consists of. */
  readonly steps: number;
  /** Blocks this thread, or waits for another one that blocks. */
  readonly blocking: () => Result | Promise<Result>;
  readonly waiting: () => Promise<Result>;
}

/** Milliseconds that one blocking step may take; slower steps are faster when many run at the same time. */
const swift = 0.4;
/** Milliseconds that steps may be slower in total, so that one that the system delayed does not decide. */
const patience = 10;
/** Milliseconds after which the event loop gets its turn. */
const longestTurn = 20;

/**
 * Runs work in its blocking form as long as that is fast, as it is for files in the page cache, where a promise costs
 * several times the system call. On a slow disk or network file system it switches to the non-blocking form for a
 * while.
 */
export function swiftly(): <Result>(work: EitherWay<Result>) => Promise<Result> {
  let slowFor = 0;
  let late = 0;
  let turnBegan = performance.now();
  // shared by all callers: if each waited for a turn of its own, they would block in one go
  let turn: Promise<void> | undefined;
  const beginTurn = () => {
    turn = undefined;
    turnBegan = performance.now();
  };
  return async ({ steps, blocking, waiting }) => {
    if (slowFor > 0) {
      slowFor -= steps;
      return waiting();
    }
    if (performance.now() - turnBegan > longestTurn) {
      turn ??= nextTurn().then(beginTurn);
      await turn;
    }
    const began = performance.now();
    const blocked = blocking();
    const result = blocked instanceof Promise ? await blocked : blocked; // an await would add others' time
    late = Math.max(0, late + performance.now() - began - steps * swift);
    if (late > patience) [late, slowFor] = [0, Math.max(1_000, steps * 10)];
    return result;
  };
}
