import { RegistryError } from "../registry/errors.ts";
import { discard } from "../wire/body.ts";
import type { Dial, Headers, Request, Response, Transport } from "../wire/transport.ts";
import { hostKind } from "./addresses.ts";

export interface RedirectingOptions {
  /** The server that the transport leads to. */
  readonly origin: URL;
  /** Opens the way to other servers. */
  readonly dial: Dial;
}

const mostHops = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Goes where a server sends a read, and to the place that it names for an upload, never with credentials to another
 * host. Throws `ANSWER_INVALID` where nobody should go.
 */
export function redirecting(transport: Transport, { origin, dial }: RedirectingOptions): Transport {
  return async function send(request) {
    if (!isPath(request.path)) return follow(new URL(request.path, origin.href), request);
    const answer = await transport(request);
    return isRedirect(answer, request) ? follow(new URL(request.path, origin.href), request, answer) : answer;
  };

  async function follow(from: URL, request: Request, first?: Response): Promise<Response> {
    let place = from;
    let answer = first ?? (await sendTo(place, request));
    for (let hops = 0; isRedirect(answer, request); hops++) {
      await discard(answer);
      if (hops === mostHops) throw refused(`it redirects more than ${mostHops} times`);
      place = nextPlace(answer.headers.location ?? "", place);
      answer = await sendTo(place, request);
    }
    return answer;
  }

  function sendTo(place: URL, request: Request): Promise<Response> {
    const target = isSameServer(place, origin) ? origin : place;
    const path = place.pathname + place.search;
    if (target === origin) return transport({ ...request, path });
    checkPlace(place, origin);
    return dial(new URL(place.origin))({ ...request, path, headers: withoutSecrets(request.headers) });
  }
}

/** A proxy that ends TLS often makes a registry name itself with http: the place is the registry all the same. */
function isSameServer(place: URL, origin: URL): boolean {
  if (place.origin === origin.origin) return true;
  return place.protocol === "http:" && origin.protocol === "https:" && place.hostname === origin.hostname;
}

/** `//host/path` is another host. */
function isPath(path: string): boolean {
  return path.startsWith("/") && !path.startsWith("//");
}

function isRedirect({ status, headers }: Response, { method }: Request): boolean {
  return redirects.has(status) && headers.location !== undefined && (method === "GET" || method === "HEAD");
}

function nextPlace(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) throw refused("it redirects to what is no URL");
  const to = new URL(location, from.href);
  if (from.protocol === "https:") checkPlace(to, from);
  return to;
}

function checkPlace(place: URL, from: URL): void {
  if (place.protocol !== "https:" && place.protocol !== "http:") throw refused(`it sends us to ${place.protocol}`);
  if (hostKind(place) === "never") throw refused(`it sends us to ${place.host}, an address inside the network`);
  if (place.protocol === "http:" && from.protocol === "https:" && place.hostname !== from.hostname) {
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
