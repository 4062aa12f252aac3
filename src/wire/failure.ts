import * as v from "valibot";
import { isRegistryErrorCode, RegistryError, type RegistryErrorCode } from "../registry/errors.ts";
import { readBody } from "./body.ts";
import type { Response } from "./transport.ts";

/** An error body is a few hundred bytes; what is longer is not one. */
const largestFailure = 64 * 1024;

const failureSchema = v.object({
  errors: v.pipe(
    v.array(
      v.object({ code: v.optional(v.string(), ""), message: v.nullish(v.string()), detail: v.optional(v.unknown()) }),
    ),
    v.minLength(1),
  ),
});

/** The body that carries an error, as the specification has it. */
export function formatFailure(error: Pick<RegistryError, "code" | "message" | "said" | "detail">): Uint8Array {
  const { code, message, said, detail } = error;
  const told = { code: said ?? code, message, ...(detail !== undefined && { detail }) };
  return new TextEncoder().encode(JSON.stringify({ errors: [told] }));
}

export interface FailureContext {
  /** What a 404 without a body means here. */
  readonly absent: RegistryErrorCode;
  /** The registry that was asked, as a person names it. */
  readonly host?: string | undefined;
}

/** Reads the answer to a request that failed. */
export async function parseFailure(response: Response, { absent, host }: FailureContext): Promise<RegistryError> {
  const { status, headers } = response;
  const first = await firstError(response);
  const said = first?.code;
  const message = first?.message || `the registry answered ${status}`;
  const code = codeOf(said, status, absent);
  const retryAfter = retryAfterOf(headers["retry-after"]);
  const next = nextFor(code, { retryAfter, host });
  const detail = detailOf(first?.detail);
  return new RegistryError(code, message, {
    status,
    ...(said !== undefined && said !== "" && { said }),
    ...(detail !== undefined && { detail }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(next !== undefined && { next }),
  });
}

interface Telling {
  readonly retryAfter: number | undefined;
  readonly host: string | undefined;
}

function nextFor(code: RegistryErrorCode, { retryAfter = 0, host }: Telling): string | undefined {
  const isBusy = code === "TOOMANYREQUESTS" || code === "UNAVAILABLE";
  if (isBusy && retryAfter > 0) return `try again in ${inWords(retryAfter)}, as it asks to`;
  if (host === undefined) return undefined;
  if (code === "UNAUTHORIZED") return `log in with: tagwise login ${host}`;
  return code === "NAME_UNKNOWN" ? `list the repositories with: tagwise ls ${host}` : undefined;
}

async function firstError(response: Response): Promise<v.InferOutput<typeof failureSchema>["errors"][0] | undefined> {
  try {
    const body = await readBody(response, largestFailure);
    return v.parse(failureSchema, JSON.parse(new TextDecoder().decode(body))).errors[0];
  } catch {
    return undefined; // HTML, plain text or nothing: the status is all there is
  }
}

const codeOfStatus: Readonly<Record<number, RegistryErrorCode>> = {
  401: "UNAUTHORIZED",
  403: "DENIED",
  405: "UNSUPPORTED",
  409: "LOCKED",
  412: "LOCKED",
  423: "LOCKED",
  429: "TOOMANYREQUESTS",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "UNAVAILABLE",
};

/** The status wins where it is definite: a 404 "UNKNOWN" is absent, a 403 "TOOMANYREQUESTS" is a refusal. */
function codeOf(said: string | undefined, status: number, absent: RegistryErrorCode): RegistryErrorCode {
  const byStatus = codeOfStatus[status];
  if (byStatus !== undefined) return byStatus;
  const known = said !== undefined && isRegistryErrorCode(said) ? said : undefined;
  if (status === 404) return known?.endsWith("_UNKNOWN") ? known : absent;
  return known ?? "UNKNOWN";
}

function detailOf(detail: unknown): string | undefined {
  if (detail === undefined) return undefined;
  try {
    return (typeof detail === "string" ? detail : JSON.stringify(detail)).slice(0, 500);
  } catch {
    return undefined; // it is nested so deeply that nobody could read it
  }
}

const longestWait = 3600;

/** Seconds or a date; more than an hour is taken for an hour. */
function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), longestWait) : undefined;
}

function inWords(seconds: number): string {
  if (seconds >= longestWait) return "an hour or more";
  return seconds > 120 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds)} s`;
}
