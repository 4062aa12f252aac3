/**
 * The error codes of the distribution specification, and our own for requests without a usable answer, each with its
 * HTTP status.
 */
const statusOfCode = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 400, // distribution says 400, the specification 404
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  PAGINATION_NUMBER_INVALID: 400,
  RANGE_INVALID: 416,
  SIZE_INVALID: 400,
  TAG_INVALID: 400,
  UNAUTHORIZED: 401,
  DENIED: 403,
  UNSUPPORTED: 405,
  /** The registry refuses to change the object: it is immutable, protected or locked (409, 412, 423). */
  LOCKED: 423,
  TOOMANYREQUESTS: 429,
  /** The registry, or a proxy in front of it, is down for now (502, 503, 504). */
  UNAVAILABLE: 503,
  /** No connection was made: the request was certainly not carried out. */
  UNREACHABLE: 502,
  /** The request was sent and no answer came: it may have been carried out. */
  LOST: 504,
  /** The answer breaks the protocol: too large, not JSON, a wrong digest. */
  ANSWER_INVALID: 502,
  UNKNOWN: 500,
} as const;

/**
 * A code of the distribution specification, or one of ours: `LOCKED`, `UNAVAILABLE`, `UNREACHABLE`, `LOST`,
 * `ANSWER_INVALID`.
 */
export type RegistryErrorCode = keyof typeof statusOfCode;

/** What a `RegistryError` carries besides its code and message; each field is left out where it is not known. */
export interface RegistryErrorOptions {
  readonly cause?: unknown;
  /** The HTTP status of the answer; without it, the usual status of the code. */
  readonly status?: number;
  /** The code that the registry itself sent, or a more exact code of ours such as `BUSY`; shown instead of `code`. */
  readonly said?: string;
  /**
   * The `detail` field of the registry's error body as text, at most 500 characters; distribution 3 names its storage
   * driver in it.
   */
  readonly detail?: string;
  /** Seconds to wait before the next try, from the registry's `Retry-After`. */
  readonly retryAfter?: number;
  /** What the person can do about it, as a phrase that follows the message. */
  readonly next?: string;
}

/** A registry's error answer, or the reason why no usable answer came; `status` is always set. */
export class RegistryError extends Error {
  override readonly name: string = "RegistryError";
  readonly code: RegistryErrorCode;
  readonly status: number;
  readonly said: string | undefined;
  readonly detail: string | undefined;
  readonly retryAfter: number | undefined;
  readonly next: string | undefined;

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? statusOfCode[code];
    this.said = options.said;
    this.detail = options.detail;
    this.retryAfter = options.retryAfter;
    this.next = options.next;
  }
}

/** The message of an error and its next step, on one line. */
export function inWords({ message, next }: Pick<RegistryError, "message" | "next">): string {
  return next === undefined ? message : `${message}; ${next}`;
}

/** True for a code that this program knows; any other code of a registry is kept in `said`. */
export function isRegistryErrorCode(text: string): text is RegistryErrorCode {
  return Object.hasOwn(statusOfCode, text);
}

/** True where the error is a `RegistryError` with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly RegistryErrorCode[]): error is RegistryError {
  return error instanceof RegistryError && codes.includes(error.code);
}

/** True where the registry answered that the repository, manifest or blob does not exist. */
export function isAbsent(error: unknown): boolean {
  return hasCode(error, "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "BLOB_UNKNOWN");
}

/** True where the registry refused (401, 403, 409, 412, 423): it must not be asked again, nor in another way. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RegistryError && [401, 403, 409, 412, 423].includes(error.status);
}

/** True for a failure that may pass (no connection, no answer, 429, 502 to 504): the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  return hasCode(error, "UNREACHABLE", "LOST", "UNAVAILABLE", "TOOMANYREQUESTS");
}

/** True for a 5xx that says nothing of its cause; a server that is shutting down may answer so. */
export function isUnexplained(error: unknown): boolean {
  return hasCode(error, "UNKNOWN") && error.status >= 500;
}

/** Resolves to `fallback` where the promise fails with an absence (see `isAbsent`); every other error is thrown on. */
export async function unlessAbsent<Value, Fallback>(
  promise: Promise<Value>,
  fallback: Fallback,
): Promise<Value | Fallback> {
  try {
    return await promise;
  } catch (error) {
    if (isAbsent(error)) return fallback;
    throw error;
  }
}

/** The error with which a promise fails, or undefined; an error that is not expected is thrown on. */
export async function errorOf(
  promise: Promise<unknown>,
  isExpected: (error: RegistryError) => boolean = () => true,
): Promise<RegistryError | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError && isExpected(error)) return error;
    throw error;
  }
}
