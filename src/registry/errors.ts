/** The codes of the distribution specification, and ours for answers that never came, each with its HTTP status. */
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
  /** The registry holds the object against change: immutable, protected or locked (409, 412, 423). */
  LOCKED: 423,
  TOOMANYREQUESTS: 429,
  /** The registry or something before it is down for now (502, 503, 504). */
  UNAVAILABLE: 503,
  /** No connection: the request was certainly not carried out. */
  UNREACHABLE: 502,
  /** The request went out and its answer did not come: it may have been carried out. */
  LOST: 504,
  /** The answer breaks the protocol: too large, not JSON, a wrong digest. */
  ANSWER_INVALID: 502,
  UNKNOWN: 500,
} as const;

export type RegistryErrorCode = keyof typeof statusOfCode;

export interface RegistryErrorOptions {
  readonly cause?: unknown;
  /** The HTTP status it came with, where that says more than the code. */
  readonly status?: number;
  /** The code in the registry's own words, where it is not one of ours. */
  readonly said?: string;
  /** More of the registry's own words, as text: some name their storage driver in it. */
  readonly detail?: string;
  /** Seconds to wait before the next try, by the registry's word. */
  readonly retryAfter?: number;
  /** What the person can do. */
  readonly next?: string;
}

/** What a registry answered instead of what was asked, or why no answer came. */
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

/** What went wrong and what to do, on one line. */
export function inWords({ message, next }: Pick<RegistryError, "message" | "next">): string {
  return next === undefined ? message : `${message}; ${next}`;
}

export function isRegistryErrorCode(text: string): text is RegistryErrorCode {
  return Object.hasOwn(statusOfCode, text);
}

export function hasCode(error: unknown, ...codes: readonly RegistryErrorCode[]): error is RegistryError {
  return error instanceof RegistryError && codes.includes(error.code);
}

/** True where the repository or the manifest is not there. */
export function isAbsent(error: unknown): boolean {
  return hasCode(error, "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "BLOB_UNKNOWN");
}

/** True where asking again, or in another way, would be wrong: the registry said no (401, 403, 409, 412, 423). */
export function isRefusal(error: unknown): boolean {
  return error instanceof RegistryError && [401, 403, 409, 412, 423].includes(error.status);
}

/** True where the answer says nothing of what was asked, and the same may be answered later. */
export function isPassing(error: unknown): boolean {
  return hasCode(error, "UNREACHABLE", "LOST", "UNAVAILABLE", "TOOMANYREQUESTS");
}

/** Gives `fallback` where the thing is absent; every other error goes on. */
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
