/** Header names in lower case; a header that came several times is joined by ", ". */
export type Headers = Readonly<Record<string, string>>;

/** One HTTP request to a registry. */
export interface Request {
  readonly method: string;
  /** Path and query; or an absolute URL, where the server redirected to another place. */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Aborts the request; the signal's reason becomes the error's message. */
  readonly signal?: AbortSignal;
  /**
   * True for a request that may take very long at the server: the head of its answer is awaited without a limit, and it
   * takes no place from others.
   */
  readonly lasting?: boolean;
}

/** The answer to a request, whatever its status. */
export interface Response {
  readonly status: number;
  readonly headers: Headers;
  /** Must be read to its end or closed: only then is the connection free for other requests. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The user whose password the request carried. */
  readonly asUser?: string;
}

/** True for a body that comes piece by piece, and so can be sent once only. */
export function isStream(body: Request["body"]): body is Exclude<Request["body"], Uint8Array | undefined> {
  return body !== undefined && !(body instanceof Uint8Array);
}

/**
 * Sends one request and resolves to its answer, whatever the status. Rejects with `UNREACHABLE` where nothing was sent,
 * and with `LOST` where the request was sent and no answer came.
 */
export type Transport = (request: Request) => Promise<Response>;

/** Opens a transport to another server, as redirects need. */
export type Dial = (origin: URL) => Transport;
