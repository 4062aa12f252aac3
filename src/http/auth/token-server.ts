import * as v from "valibot";
import { hasCode, RegistryError } from "../../registry/errors.ts";
import { noteSecret } from "../../support/redaction.ts";
import { discard, readBody } from "../../wire/body.ts";
import { isOverloaded, parseFailure } from "../../wire/failure.ts";
import type { Headers, Response, Transport } from "../../wire/transport.ts";
import type { Credentials } from "../credentials/credentials.ts";

/** What is asked of a token server. */
export interface TokenRequest {
  /** The registry that the token is for, as `tagwise login` takes it. */
  readonly registry: string;
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly credentials: Credentials | undefined;
}

/** A token, valid for so many seconds, or the token server's refusal of the scopes or the credentials. */
export type TokenAnswer =
  | { readonly kind: "token"; readonly value: string; readonly seconds: number }
  | { readonly kind: "refused"; readonly error: RegistryError };

const client = "tagwise";
const largestAnswer = 256 * 1024;
/** A token must fit into a request's header. */
const tokenSchema = v.pipe(v.string(), v.maxLength(64 * 1024), v.regex(/^[\x21-\x7e]+$/));
/** Some token servers write the number as a text. */
const secondsSchema = v.pipe(v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/))]), v.transform(Number));
const answerSchema = v.object({
  token: v.nullish(v.union([v.literal(""), tokenSchema])),
  access_token: v.nullish(v.union([v.literal(""), tokenSchema])),
  expires_in: v.fallback(v.nullish(secondsSchema), undefined), // no reason to refuse a good token
});

/**
 * Requests a token once. Throws `UNREACHABLE` where the token server is down, since the request that needs the token
 * was not sent; with `retryAfter` where it said so itself.
 */
export async function askForToken(transport: Transport, request: TokenRequest): Promise<TokenAnswer> {
  try {
    if (request.credentials?.kind === "identity-token") {
      const refreshed = await refresh(transport, request, request.credentials.token);
      if (refreshed !== undefined) return refreshed;
    }
    return await read(await transport(getRequest(request)), request);
  } catch (error) {
    if (!hasCode(error, "LOST", "UNREACHABLE") || error.next !== undefined) throw error;
    throw new RegistryError("UNREACHABLE", `the token server ${request.realm.host} did not answer: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Exchanges an identity token by OAuth2; undefined where the server has no OAuth2 or takes such a token only as a
 * password.
 */
async function refresh(transport: Transport, request: TokenRequest, token: string): Promise<TokenAnswer | undefined> {
  const { realm, service, scopes } = request;
  noteSecret(token);
  const form = new URLSearchParams({ grant_type: "refresh_token", client_id: client, refresh_token: token });
  if (service !== undefined) form.set("service", service);
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  const answer = await transport({
    method: "POST",
    path: realm.pathname + realm.search,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new TextEncoder().encode(form.toString()),
  });
  if (![401, 404, 405].includes(answer.status)) return read(answer, request);
  await discard(answer);
  return undefined;
}

function getRequest({ realm, service, scopes, credentials }: TokenRequest) {
  const query = new URLSearchParams(realm.search);
  if (service !== undefined) query.set("service", service);
  for (const scope of scopes) query.append("scope", scope);
  query.set("client_id", client);
  if (credentials?.kind === "password") query.set("account", credentials.username);
  return { method: "GET", path: `${realm.pathname}?${query}`, headers: basicHeaders(credentials) };
}

/** The Basic authorization header; no header for anonymous requests and registry tokens. */
export function basicHeaders(credentials: Credentials | undefined): Headers {
  if (credentials === undefined || credentials.kind === "registry-token") return {};
  const { username = "<token>" } = credentials;
  const secret = credentials.kind === "password" ? credentials.password : credentials.token;
  const both = Buffer.from(`${username}:${secret}`).toString("base64");
  for (const one of [secret, both]) noteSecret(one);
  return { authorization: `Basic ${both}` };
}

async function read(answer: Response, { registry, realm, credentials }: TokenRequest): Promise<TokenAnswer> {
  const { status } = answer;
  if (status === 200) return parseToken(await readBody(answer, largestAnswer), realm);
  if (status >= 300 && status < 400) {
    await discard(answer);
    throw new RegistryError("UNAUTHORIZED", `refused: the token server ${realm.host} sends us on to another place`, {
      next: "the registry's configuration is at fault: its realm has to name the token server itself",
    });
  }
  const failure = await parseFailure(answer, { absent: "UNAUTHORIZED" });
  if (isOverloaded(answer)) throw notNow(failure, realm);
  const next = `${credentials === undefined ? "log in" : "log in anew"}: tagwise login ${registry}`;
  const says = `the token server ${realm.host} refused: ${failure.message}`;
  return { kind: "refused", error: new RegistryError("UNAUTHORIZED", says, { next }) };
}

/** The error for a token server that is busy or broken. It may be asked again, if need be at once. */
function notNow({ code, status, retryAfter = 0, next }: RegistryError, realm: URL): RegistryError {
  const isBusy = code === "TOOMANYREQUESTS";
  return new RegistryError(
    isBusy ? code : "UNREACHABLE",
    `the token server ${realm.host} answered ${status} (${code})`,
    {
      retryAfter,
      next: next ?? "try again later; the registry itself was not reached, and the token server's own log says more",
    },
  );
}

function parseToken(body: Uint8Array, realm: URL): TokenAnswer {
  const invalid = `the token server ${realm.host} sent no token that can be read`;
  try {
    const { token, access_token, expires_in } = v.parse(answerSchema, JSON.parse(new TextDecoder().decode(body)));
    const value = token || access_token;
    if (value) return { kind: "token", value, seconds: expires_in ?? 60 };
  } catch {
    // no cause is kept: it would quote the body, and with it a token
  }
  throw new RegistryError("ANSWER_INVALID", invalid);
}
