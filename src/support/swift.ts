import { setImmediate as nextTurn } from "node:timers/promises";

/** The same work in two forms. */
export interface EitherWay<Result> {
  /** How many steps it takes. */
  readonly steps: number;
  /** Blocks, or waits for a thread that does. */
  readonly blocking: () => Result | Promise<Result>;
  readonly waiting: () => Promise<Result>;
}

/** Milliseconds that one blocking step may take: more, and many at once are faster. */
const swift = 0.4;
/** Milliseconds by which steps may be late in all, so that a single one that the system kept waiting decides nothing. */
const patience = 10;
/** Milliseconds after which others get their turn. */
const longestTurn = 20;

/**
 * Does work in its blocking form while that takes next to no time, as it does on files in the page cache, where each
 * promise costs several times the system call; on a slow disk or a network file system it waits for many at once.
 */
export function swiftly(): <Result>(work: EitherWay<Result>) => Promise<Result> {
  let slowFor = 0;
  let late = 0;
  let turnBegan = performance.now();
  // one for all that are under way: a turn each would be one long turn
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
    const result = blocked instanceof Promise ? await blocked : blocked; // an await would count others' work as this one's
    late = Math.max(0, late + performance.now() - began - steps * swift);
    if (late > patience) [late, slowFor] = [0, Math.max(1_000, steps * 10)];
    return result;
  };
}
