import { RegistryError } from "../../registry/errors.ts";
import { discard } from "../../wire/body.ts";
import { isSameServer, isWhole } from "../../wire/place.ts";
import type { Dial, Headers, Request, Response, Transport } from "../../wire/transport.ts";
import { hostKind } from "./addresses.ts";

/** Where redirects start from, and how other servers are reached. */
export interface RedirectingOptions {
  /** The server that the transport leads to. */
  readonly origin: URL;
  /** Opens a transport to another server. */
  readonly dial: Dial;
}

const mostHops = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Follows up to five redirects of a GET or HEAD, and sends uploads to the place that the server names; credentials
 * never go to another host. Throws `ANSWER_INVALID` for a redirect to http from https, or to an internal address.
 */
export function redirecting(transport: Transport, { origin, dial }: RedirectingOptions): Transport {
  return async function send(request) {
    if (isWhole(request.path)) return follow(parsePlace(request.path, origin), request);
    const answer = await transport(request);
    return isRedirect(answer, request) ? follow(new URL(origin.origin + request.path), request, answer) : answer;
  };

  async function follow(from: URL, request: Request, first?: Response): Promise<Response> {
    let place = from;
    let answer = first ?? (await sendTo(place, request));
    for (let hops = 0; isRedirect(answer, request); hops++) {
      await discard(answer);
      if (hops === mostHops) throw refused(`it redirects more than ${mostHops} times`);
      const next = parsePlace(answer.headers.location ?? "", place);
      if (place.protocol === "https:" && next.protocol === "http:" && !isSameServer(next, origin)) {
        throw refused(`it sends us to ${next.host} without TLS`);
      }
      place = next;
      answer = await sendTo(place, request);
    }
    return answer;
  }

  function sendTo(place: URL, request: Request): Promise<Response> {
    const path = place.pathname + place.search;
    if (isSameServer(place, origin)) return transport({ ...request, path });
    checkPlace(place, origin);
    return dial(new URL(place.origin))({ ...request, path, headers: withoutSecrets(request.headers) });
  }
}

function isRedirect({ status, headers }: Response, { method }: Request): boolean {
  return redirects.has(status) && headers.location !== undefined && (method === "GET" || method === "HEAD");
}

function parsePlace(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) throw refused("it sends us to what is no URL");
  return new URL(location, from.href);
}

function checkPlace(place: URL, origin: URL): void {
  if (place.protocol !== "https:" && place.protocol !== "http:") throw refused(`it sends us to ${place.protocol}`);
  if (hostKind(place) === "never") throw refused(`it sends us to ${place.host}, an address inside the network`);
  if (place.protocol === "http:" && origin.protocol === "https:") {
    throw refused(`it sends us to ${place.host} without TLS`);
  }
}

function withoutSecrets(headers: Headers): Headers {
  const { authorization: _, cookie: __, "proxy-authorization": ___, ...rest } = headers;
  return rest;
}

function refused(what: string): RegistryError {
  return new RegistryError("ANSWER_INVALID", `the registry's answer is refused: ${what}`, {
    next: "check the registry's configuration of redirects and of its own host name",
  });
}
