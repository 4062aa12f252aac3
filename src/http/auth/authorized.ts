import { ticks } from "../../support/ticks.ts";
import { discard } from "../../wire/body.ts";
import { type Challenge, parseChallenges } from "../../wire/challenge.ts";
import { isOverloaded } from "../../wire/failure.ts";
import type { Dial, Request, Response, Transport } from "../../wire/transport.ts";
import type { Credentials, CredentialsSource } from "../credentials/credentials.ts";
import { namesOf } from "../credentials/keys.ts";
import { bearerIn, bearing, isRepeatable } from "./bearing.ts";
import { parseRealm } from "./realm.ts";
import { accessOf } from "./scopes.ts";
import { askForToken, basicHeaders } from "./token-server.ts";

/** What authentication with one registry needs. */
export interface AuthorizedOptions {
  readonly origin: URL;
  /** Anonymous by default. */
  readonly credentials?: CredentialsSource;
  /** Opens a transport to a token server; it must not follow redirects. */
  readonly dial: Dial;
  /** `HOST` or `HOST:PORT` of token servers that are allowed although they look private. */
  readonly allowedRealms?: readonly string[];
  /** Milliseconds of a clock that never jumps. */
  readonly now?: () => number;
}

/** How requests are sent once the registry's challenge is known: without credentials, with Basic, or with tokens. */
interface Way {
  readonly name: string;
  readonly send: Transport;
}

/**
 * Sends requests with the credentials that the registry asks for; one ping learns its challenge, so that no request is
 * made twice.
 */
export function authorized(transport: Transport, options: AuthorizedOptions): Transport {
  const plain: Way = { name: "", send: transport };
  let way: Promise<Way> | undefined;

  async function learn(): Promise<Way> {
    const answer = await transport({ method: "GET", path: "/v2/", headers: {} });
    await discard(answer);
    if (isOverloaded(answer)) way = undefined; // ask again next time
    return wayOf(answer) ?? plain;
  }

  function wayOf({ headers, status }: Response): Way | undefined {
    const challenges = parseChallenges(headers["www-authenticate"] ?? "");
    // zot answers 200 to anonymous reads and sends a challenge all the same
    return wayFor(transport, challenges, { ...options, optional: status !== 401 });
  }

  async function ping(request: Request): Promise<Response> {
    const known = await way?.catch(() => undefined);
    if (known !== undefined) return known.send(request);
    const answer = await transport(request);
    const wanted = wayOf(answer);
    if (isOverloaded(answer)) return answer;
    way = Promise.resolve(wanted ?? plain);
    if (wanted === undefined) return answer;
    await discard(answer);
    return wanted.send(request);
  }

  return async function send(request) {
    if (isPing(request)) return ping(request);
    way ??= learn().catch((error) => {
      way = undefined;
      throw error;
    });
    const taken = await way;
    const answer = await taken.send(request);
    if (answer.status !== 401 || !isRepeatable(request)) return answer;
    const wanted = wayOf(answer);
    if (wanted === undefined || wanted.name === taken.name) return answer;
    await discard(answer);
    // another request may have learnt the same challenge meanwhile, and its way holds tokens already
    way = way.then((current) => (current.name === wanted.name ? current : wanted));
    return (await way).send(request);
  };
}

function isPing({ method, path }: Request): boolean {
  return method === "GET" && path === "/v2/";
}

/** Picks a way to answer the challenges: bearer tokens if offered, else Basic; undefined where neither is. */
function wayFor(
  transport: Transport,
  challenges: readonly Challenge[],
  { origin, credentials = nobody, dial, optional, ...rest }: AuthorizedOptions & { readonly optional: boolean },
): Way | undefined {
  const { allowedRealms = [], now = ticks } = rest;
  const credentialsOf = async (repository: string | undefined) => {
    for (const name of namesOf(origin)) {
      const found = await credentials(repository === undefined ? name : `${name}/${repository}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const bearer = bearerIn(challenges);
  if (bearer !== undefined) {
    const { realm: place = "", service } = bearer.parameters;
    const ask = async (scopes: readonly string[], repository: string | undefined) => {
      const realm = parseRealm(place, { origin, allowedRealms });
      const request = { registry: origin.host, realm, service, scopes, credentials: await credentialsOf(repository) };
      return askForToken(dial(new URL(realm.origin)), request);
    };
    const name = `bearer ${place} ${service} ${optional}`;
    return { name, send: bearing(transport, { ask, credentialsOf, optional, now }) };
  }
  if (!challenges.some(({ scheme }) => scheme === "basic")) return undefined;
  return { name: "basic", send: basic(transport, credentialsOf) };
}

function basic(
  transport: Transport,
  credentialsOf: (repository: string | undefined) => Promise<Credentials | undefined>,
): Transport {
  return async (request) => {
    const credentials = await credentialsOf(accessOf(request).repository);
    const headers = { ...request.headers, ...basicHeaders(credentials) };
    const answer = await transport({ ...request, headers });
    return credentials?.kind === "password" ? { ...answer, asUser: credentials.username } : answer;
  };
}

const nobody: CredentialsSource = async () => undefined;
