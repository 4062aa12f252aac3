import { discard } from "../../wire/body.ts";
import { type Challenge, parseChallenges } from "../../wire/challenge.ts";
import type { Request, Response, Transport } from "../../wire/transport.ts";
import type { Credentials } from "../credentials/credentials.ts";
import { type Access, accessOf } from "./scopes.ts";
import { type HeldToken, tokenCache } from "./token-cache.ts";
import type { TokenAnswer } from "./token-server.ts";

export interface BearingOptions {
  /** Asks the token server for these scopes, on behalf of who asks for the repository. */
  readonly ask: (scopes: readonly string[], repository: string | undefined) => Promise<TokenAnswer>;
  readonly credentialsOf: (repository: string | undefined) => Promise<Credentials | undefined>;
  /** True where the registry also serves who has no token. */
  readonly optional: boolean;
  readonly now: () => number;
}

/** Sends requests with tokens: one a repository for everything, or one a kind of request where the token server wants it so. */
export function bearing(transport: Transport, { ask, credentialsOf, optional, now }: BearingOptions): Transport {
  const caches = new Map<string | undefined, ReturnType<typeof tokenCache>>();
  const cacheOf = (repository: string | undefined) => {
    const cache = caches.get(repository) ?? tokenCache((scopes) => ask(scopes, repository), now);
    caches.set(repository, cache);
    return cache;
  };
  /** Scopes that a challenge asked for where the broad ones did not do, by the narrow ones. */
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
    if (isAll && held.kind === "token") return answer; // fresh, with all that was asked for, and still no: a denial
    await discard(answer);
    const { value } = granted(isAll ? held : await tokens.get(wanted));
    learnt.set(access.narrow.join(" "), wanted);
    return transport(withToken(request, value));
  }
}

function isStale(answer: Response, held: HeldToken): held is HeldToken & { kind: "token" } {
  return answer.status === 401 && held.kind === "token" && !held.fresh;
}

/** Throws the token server's refusal. */
function granted(held: HeldToken): HeldToken & { readonly kind: "token" } {
  if (held.kind === "refused") throw held.error;
  return held;
}

/** A request without a token learns from its 401 which scope is wanted. */
function withHeld(request: Request, held: HeldToken): Request {
  return held.kind === "token" ? withToken(request, held.value) : request;
}

function withToken(request: Request, token: string): Request {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** A stream is used up by the first try. */
export function isRepeatable({ body }: Request): boolean {
  return body === undefined || body instanceof Uint8Array;
}

/** The scopes of a 401's own challenge: some servers have words of their own for a deletion. */
function scopesWanted(answer: Response, { narrow }: Access): readonly string[] {
  const scope = bearerIn(parseChallenges(answer.headers["www-authenticate"] ?? ""))?.parameters.scope;
  return scope === undefined || scope.trim() === "" ? narrow : scope.trim().split(/\s+/);
}

export function bearerIn(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(({ scheme, parameters }) => scheme === "bearer" && (parameters.realm ?? "") !== "");
}
