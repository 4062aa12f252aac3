import { isStream, type Transport } from "../../wire/transport.ts";

/**
 * Aborts a request after so many milliseconds without progress, that is without an answer or a piece of a body in
 * either direction. The answer to a `lasting` request is awaited without a limit, since its server goes on with it
 * anyway; once begun, it must move like any other.
 */
export function timed(transport: Transport, milliseconds: number): Transport {
  return async function send(request) {
    const watch = stopwatch(milliseconds);
    const signal = request.signal === undefined ? watch.signal : AbortSignal.any([request.signal, watch.signal]);
    try {
      if (!request.lasting) watch.restart();
      const answer = await transport({
        ...request,
        signal,
        ...(isStream(request.body) && { body: sent(request.body, watch) }),
      });
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

/** Counts the time in which the next piece is awaited, not the time that the reader takes. */
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

/**
 * Counts the time that the server takes for a piece, not the time in which the next is made; after the last, the wait
 * for the answer.
 */
async function* sent(body: AsyncIterable<Uint8Array>, watch: Stopwatch): AsyncGenerator<Uint8Array> {
  watch.stop();
  for await (const chunk of body) {
    watch.restart();
    yield chunk;
    watch.stop();
  }
  watch.restart();
}
