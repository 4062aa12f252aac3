import * as v from "valibot";
import { isRegistryErrorCode, RegistryError, type RegistryErrorCode } from "../registry/errors.ts";
import { redactText } from "../support/redaction.ts";
import { readBody } from "./body.ts";
import type { Response } from "./transport.ts";

/** In bytes. An error body has a few hundred; a longer one is not read. */
const largestFailure = 64 * 1024;

const failureSchema = v.object({
  errors: v.pipe(
    v.array(
      v.object({ code: v.optional(v.string(), ""), message: v.nullish(v.string()), detail: v.optional(v.unknown()) }),
    ),
    v.minLength(1),
  ),
});

/** True for an answer that says nothing of the request, since who gave it cannot cope: 429 and every 5xx. */
export function isOverloaded({ status }: Pick<Response, "status">): boolean {
  return status === 429 || status >= 500;
}

/** Writes an error as the JSON body `{ "errors": [ … ] }` of the distribution specification. */
export function formatFailure(error: Pick<RegistryError, "code" | "message" | "said" | "detail">): Uint8Array {
  const { code, message, said, detail } = error;
  const told = { code: said ?? code, message, ...(detail !== undefined && { detail }) };
  return new TextEncoder().encode(JSON.stringify({ errors: [told] }));
}

/** What `parseFailure` needs to know about the request. */
export interface FailureContext {
  /** The code for a 404 whose body names none, such as `MANIFEST_UNKNOWN` for a manifest. */
  readonly absent: RegistryErrorCode;
  /** The registry's host as a person writes it, for the next step in the error; undefined gives no such step. */
  readonly host?: string | undefined;
}

/**
 * Turns an error answer into a `RegistryError` and reads its body to the end; never throws for a body that it cannot
 * parse.
 */
export async function parseFailure(response: Response, { absent, host }: FailureContext): Promise<RegistryError> {
  const { status, headers } = response;
  const first = await firstError(response);
  const said = first && redactText(first.code);
  const code = codeOf(said, status, absent);
  const isRefusedUser = code === "UNAUTHORIZED" && response.asUser !== undefined;
  const told = redactText(first?.message || `the registry answered ${status}`);
  const message = isRefusedUser ? `the registry refused the user ${JSON.stringify(response.asUser)}: ${told}` : told;
  const retryAfter = retryAfterOf(headers["retry-after"]);
  const next = nextFor(code, { retryAfter, host, isRefusedUser });
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
  readonly isRefusedUser: boolean;
}

function nextFor(code: RegistryErrorCode, { retryAfter = 0, host, isRefusedUser }: Telling): string | undefined {
  const isBusy = code === "TOOMANYREQUESTS" || code === "UNAVAILABLE";
  if (isBusy && retryAfter > 0) return `try again in ${inWords(retryAfter)}, as it asks to`;
  if (host === undefined) return undefined;
  if (isRefusedUser) return `check the user and the password, or log in anew with: tagwise login ${host}`;
  if (code === "UNAUTHORIZED") return `log in with: tagwise login ${host}`;
  return code === "NAME_UNKNOWN" ? `list the repositories with: tagwise ls ${host}` : undefined;
}

async function firstError(response: Response): Promise<v.InferOutput<typeof failureSchema>["errors"][0] | undefined> {
  try {
    const body = await readBody(response, largestFailure);
    return v.parse(failureSchema, JSON.parse(new TextDecoder().decode(body))).errors[0];
  } catch {
    return undefined; // HTML, plain text or nothing: only the status is known
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

/** A telling status wins over the code in the body: a 404 "UNKNOWN" means absent, a 403 "TOOMANYREQUESTS" a refusal. */
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
    return redactText(typeof detail === "string" ? detail : JSON.stringify(detail)).slice(0, 500);
  } catch {
    return undefined; // too deeply nested for JSON.stringify
  }
}

const longestWait = 3600;

/**
 * Reads `Retry-After` (RFC 9110, 10.2.3), seconds or a date, as seconds: at least 0 and at most an hour. Where a proxy
 * added another, the first counts.
 */
function retryAfterOf(header = ""): number | undefined {
  const [, digits, date = ""] = retryAfter.exec(header) ?? [];
  const seconds = digits === undefined ? (Date.parse(date) - Date.now()) / 1000 : Number(digits);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), longestWait) : undefined;
}

// Date.parse alone finds a year in any text with a number
const retryAfter = /^\s*(?:(\d+)|([A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT))\s*(?:,|$)/;

function inWords(seconds: number): string {
  if (seconds >= longestWait) return "an hour or more";
  return seconds > 120 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds)} s`;
}
