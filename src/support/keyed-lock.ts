/** Lets work on one key wait for other work on it: shared work runs together, exclusive work alone, in the order it came. */
export interface KeyedLock {
  shared<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  exclusive<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

interface Queue {
  /** Ends with the latest exclusive work. */
  barrier: Promise<unknown>;
  /** The shared work that came after it. */
  sharers: Promise<unknown>[];
  pending: number;
}

/** A lock within this process. */
export function keyedLock(): KeyedLock {
  const queues = new Map<string, Queue>();

  async function queued<Result>(key: string, enter: (queue: Queue) => Promise<Result>): Promise<Result> {
    const queue = queues.get(key) ?? { barrier: Promise.resolve(), sharers: [], pending: 0 };
    queues.set(key, queue);
    queue.pending++;
    try {
      return await enter(queue);
    } finally {
      if (--queue.pending === 0) queues.delete(key);
    }
  }

  return {
    shared: (key, work) =>
      queued(key, (queue) => {
        const result = queue.barrier.then(work);
        queue.sharers.push(settled(result));
        return result;
      }),
    exclusive: (key, work) =>
      queued(key, (queue) => {
        const result = Promise.all([queue.barrier, ...queue.sharers]).then(work);
        queue.barrier = settled(result);
        queue.sharers = [];
        return result;
      }),
  };
}

/** Ends when the work does, and never fails: the error belongs to the caller alone. */
function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => {},
    () => {},
  );
}
