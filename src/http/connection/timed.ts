import type { Transport } from "../../wire/transport.ts";

/**
 * Gives a request up after so many milliseconds without a sign of life: an answer, or a piece of a body either way.
 * What is lasting is never cut: its server goes on with it all the same.
 */
export function timed(transport: Transport, milliseconds: number): Transport {
  return async function send(request) {
    if (request.lasting) return transport(request);
    const watch = stopwatch(milliseconds);
    const signal = request.signal === undefined ? watch.signal : AbortSignal.any([request.signal, watch.signal]);
    const body = request.body;
    const streamed = body !== undefined && !(body instanceof Uint8Array);
    try {
      watch.restart();
      const answer = await transport({ ...request, signal, ...(streamed && { body: sent(body, watch) }) });
      return { ...answer, body: received(answer.body, watch) };
    } finally {
      watch.stop();
    }
  };
}

interface Stopwatch {
  readonly signal: AbortSignal;
  restart(): void;
  stop(): void;
}

function stopwatch(milliseconds: number): Stopwatch {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: abort.signal,
    restart() {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new Error(`no sign of life for ${milliseconds / 1000} s`)), milliseconds);
    },
    stop: () => clearTimeout(timer),
  };
}

/** Time runs while the next piece is waited for, not while the reader is busy with the last one. */
async function* received(body: AsyncIterable<Uint8Array>, watch: Stopwatch): AsyncGenerator<Uint8Array> {
  try {
    watch.restart();
    for await (const chunk of body) {
      watch.stop();
      yield chunk;
      watch.restart();
    }
  } finally {
    watch.stop();
  }
}

/** Time runs while the server takes a piece, not while the next is made; after the last it waits for the answer. */
async function* sent(body: AsyncIterable<Uint8Array>, watch: Stopwatch): AsyncGenerator<Uint8Array> {
  watch.stop();
  for await (const chunk of body) {
    watch.restart();
    yield chunk;
    watch.stop();
  }
  watch.restart();
}
