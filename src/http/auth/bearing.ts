import type { RegistryError } from "../../registry/errors.ts";
import { noteSecret } from "../../support/redaction.ts";
import { bodyOf, discard } from "../../wire/body.ts";
import { type Challenge, parseChallenges } from "../../wire/challenge.ts";
import { formatFailure } from "../../wire/failure.ts";
import { isStream, type Request, type Response, type Transport } from "../../wire/transport.ts";
import type { Credentials } from "../credentials/credentials.ts";
import { type Access, accessOf } from "./scopes.ts";
import { type HeldToken, tokenCache } from "./token-cache.ts";
import type { TokenAnswer } from "./token-server.ts";

/** What sending requests with bearer tokens needs. */
export interface BearingOptions {
  /** Requests a token for these scopes, with the credentials for the repository. */
  readonly ask: (scopes: readonly string[], repository: string | undefined) => Promise<TokenAnswer>;
  readonly credentialsOf: (repository: string | undefined) => Promise<Credentials | undefined>;
  /** True where the registry also serves requests without a token. */
  readonly optional: boolean;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

/**
 * Sends requests with bearer tokens: one token a repository for all actions, or where the token server refuses that,
 * one an action.
 */
export function bearing(transport: Transport, { ask, credentialsOf, optional, now }: BearingOptions): Transport {
  const caches = new Map<string | undefined, ReturnType<typeof tokenCache>>();
  const cacheOf = (repository: string | undefined) => {
    const cache = caches.get(repository) ?? tokenCache((scopes) => ask(scopes, repository), now);
    caches.set(repository, cache);
    return cache;
  };
  /** Scopes that a challenge asked for where the broad ones were not enough, by the narrow scopes. */
  const learnt = new Map<string, readonly string[]>();

  const askedFor = ({ broad, narrow }: Access) => learnt.get(narrow.join(" ")) ?? broad;

  return async function send(request) {
    const access = accessOf(request);
    const credentials = await credentialsOf(access.repository);
    if (credentials?.kind === "registry-token") return transport(withToken(request, credentials.token));
    if (optional && credentials === undefined) return transport(request);
    return isRepeatable(request) ? sendRepeatable(request, access) : sendOnce(request, access);
  };

  async function sendOnce(request: Request, access: Access): Promise<Response> {
    const tokens = cacheOf(access.repository);
    const held = await tokens.get(askedFor(access));
    const { value } = held.kind === "token" ? held : granted(await tokens.get(access.narrow));
    return transport(withToken(request, value));
  }

  async function sendRepeatable(request: Request, access: Access): Promise<Response> {
    const tokens = cacheOf(access.repository);
    const asked = askedFor(access);
    let held = await tokens.get(asked);
    let answer = await transport(withHeld(request, held));
    if (isStale(answer, held)) {
      await discard(answer);
      held = await tokens.get(asked, held.value);
      answer = await transport(withHeld(request, held));
    }
    if (answer.status !== 401) return answer;

    const wanted = scopesWanted(answer, access);
    const isAll = wanted.join(" ") === asked.join(" ");
    if (isAll && held.kind === "token") return answer; // a fresh token with every wanted scope was refused: a denial
    await discard(answer);
    const found = isAll ? held : await tokens.get(wanted);
    // some token servers, GHCR's among them, give no token without a scope; a 401 tells enough about a registry
    if (found.kind === "refused" && access.narrow.length === 0) return saying(answer, found.error);
    const { value } = granted(found);
    learnt.set(access.narrow.join(" "), wanted);
    return transport(withToken(request, value));
  }
}

/** The same answer with the token server's refusal in its body. */
function saying(answer: Response, refusal: RegistryError): Response {
  return { ...answer, body: bodyOf(formatFailure(refusal)) };
}

function isStale(answer: Response, held: HeldToken): held is HeldToken & { kind: "token" } {
  return answer.status === 401 && held.kind === "token" && !held.fresh;
}

/** The token that is held. Throws the token server's refusal. */
function granted(held: HeldToken): HeldToken & { readonly kind: "token" } {
  if (held.kind === "refused") throw held.error;
  return held;
}

/** Adds the token, if there is one; a request without a token learns from its 401 which scope is wanted. */
function withHeld(request: Request, held: HeldToken): Request {
  return held.kind === "token" ? withToken(request, held.value) : request;
}

function withToken(request: Request, token: string): Request {
  noteSecret(token);
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** False for a request whose body is a stream, since the first try uses it up. */
export function isRepeatable({ body }: Request): boolean {
  return !isStream(body);
}

/** The scopes that the challenge of a 401 names, since some servers name the action of a deletion differently. */
function scopesWanted(answer: Response, { narrow }: Access): readonly string[] {
  const scope = bearerIn(parseChallenges(answer.headers["www-authenticate"] ?? ""))?.parameters.scope;
  return scope === undefined || scope.trim() === "" ? narrow : scope.trim().split(/\s+/);
}

/** The first bearer challenge that names a realm; undefined where there is none. */
export function bearerIn(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(({ scheme, parameters }) => scheme === "bearer" && (parameters.realm ?? "") !== "");
}
