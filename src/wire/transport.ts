/** Header names in lower case; a header that came several times is joined by ", ". */
export type Headers = Readonly<Record<string, string>>;

export interface Request {
  readonly method: string;
  /** Path and query; or a whole URL, where a server sent us to another place. */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Cuts the request off; its reason becomes the message. */
  readonly signal?: AbortSignal;
  /** The server goes on with it whether or not anybody waits: it is not given up for silence, and keeps no other waiting. */
  readonly lasting?: boolean;
}

export interface Response {
  readonly status: number;
  readonly headers: Headers;
  /** Must be read to its end or closed, or the connection is lost to others. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Carries one request to a registry and its answer back. Rejects with `UNREACHABLE` where nothing was sent,
 * with `LOST` where no answer came; every answer, whatever its status, resolves.
 */
export type Transport = (request: Request) => Promise<Response>;

/** Opens a transport to another server, as a redirect asks. */
export type Dial = (origin: URL) => Transport;
