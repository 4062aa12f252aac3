/** A readers-writer lock for each key: shared work runs together, exclusive work alone, first come, first served. */
export interface KeyedLock {
  shared<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  exclusive<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

interface Queue {
  /** Resolves when the latest exclusive work has ended. */
  barrier: Promise<unknown>;
  /** The shared work that was requested after it. */
  sharers: Promise<unknown>[];
  pending: number;
}

/** Makes a lock that works within this process. */
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

/** Resolves when the work has ended, also where it failed: only its caller gets the error. */
function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => {},
    () => {},
  );
}
