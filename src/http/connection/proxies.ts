import type { Agent, ClientRequest } from "node:http";
import { BlockList, isIP, type Socket } from "node:net";
import type { HttpsProxyAgent } from "https-proxy-agent";
import { RegistryError } from "../../registry/errors.ts";
import { isLoopback, portOf } from "../../registry/hosts.ts";
import type { Environment } from "../credentials/credentials.ts";
import type { ProxyPlace } from "./node-failure.ts";

/** A Node agent that connects through a proxy. */
export interface ProxyAgent extends ProxyPlace {
  readonly agent: Agent;
}

/** Where proxies are named, and how many connections are kept open. */
export interface ProxyOptions {
  readonly environment: Environment;
  readonly keptOpen: number;
}

/**
 * The agent for the proxy that the environment names for a server; undefined where it names none. Throws `UNREACHABLE`
 * for an invalid one.
 */
export async function proxyAgent(
  origin: URL,
  { environment, keptOpen }: ProxyOptions,
): Promise<ProxyAgent | undefined> {
  const proxy = proxyFor(origin, environment);
  if (proxy === undefined) return undefined;
  const { url, variable } = proxy;
  const place = { host: url.host, variable };
  const options = { keepAlive: true, maxFreeSockets: keptOpen };
  if (origin.protocol === "https:") {
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    return { agent: cuttable(new HttpsProxyAgent(url.href, options)), ...place };
  }
  const { HttpProxyAgent } = await import("http-proxy-agent");
  return { agent: cuttable(new HttpProxyAgent(url.href, options)), ...place };
}

/** What the agents of both packages have in common. */
interface Connecting extends Agent {
  readonly connectOpts: object;
  connect(request: ClientRequest, options: Parameters<HttpsProxyAgent<string>["connect"]>[1]): Promise<Socket>;
}

/**
 * Makes an aborted request also close its connection to a proxy that does not answer, which would keep the process
 * alive.
 */
function cuttable(agent: Connecting): Agent {
  const connect = agent.connect.bind(agent);
  agent.connect = async (request, options) => {
    const opening = new AbortController();
    const cut = () => opening.abort();
    request.once("error", cut);
    Object.assign(agent.connectOpts, { signal: opening.signal }); // read before connect() first waits
    try {
      return await connect(request, options);
    } finally {
      request.off("error", cut);
    }
  };
  return agent;
}

/** A proxy and the environment variable that names it. */
interface NamedProxy {
  readonly url: URL;
  readonly variable: string;
}

/**
 * Reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, lower case first, as curl does; undefined for none, and for
 * loopback hosts.
 */
export function proxyFor(origin: URL, environment: Environment): NamedProxy | undefined {
  const name = origin.protocol === "https:" ? "https_proxy" : "http_proxy";
  const [variable, value] = firstSet(environment, [name, name.toUpperCase(), "all_proxy", "ALL_PROXY"]);
  if (value === undefined || isThisMachine(origin.hostname)) return undefined;
  const [, exceptions = ""] = firstSet(environment, ["no_proxy", "NO_PROXY"]);
  if (exceptions.split(/[\s,]+/).some((exception) => isExcepted(origin, exception.toLowerCase()))) return undefined;
  const url = value.includes("://") ? value : `http://${value}`;
  if (URL.canParse(url) && isProxy(new URL(url))) return { url: new URL(url), variable };
  // the value may hold a password
  throw new RegistryError("UNREACHABLE", `${variable} names no http or https proxy`, {
    next: `set ${variable} to http://HOST:PORT, with %, #, ? and / of a password as %25, %23, %3F and %2F, or unset it`,
  });
}

/**
 * False also where the URL has a path, query or hash: an unencoded password contains `/`, `?` or `#`, so the host is
 * wrong.
 */
function isProxy({ protocol, username, password, pathname, search, hash }: URL): boolean {
  if (!/^https?:$/.test(protocol) || pathname !== "/" || search !== "" || hash !== "") return false;
  try {
    for (const part of [username, password]) decodeURIComponent(part);
    return true;
  } catch {
    return false; // an unencoded %
  }
}

function firstSet(environment: Environment, names: readonly string[]): readonly [name: string, value?: string] {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== "") return [name, value];
  }
  return [""];
}

/**
 * Matches one entry of NO_PROXY: `*`, a domain and all below it, an address or a CIDR range, each with or without a
 * port.
 */
function isExcepted(origin: URL, exception: string): boolean {
  if (exception === "*") return true;
  const { host, at } = partsOf(exception);
  if (at !== undefined && at !== String(portOf(origin))) return false;
  const name = origin.hostname.replace(/^\[|\]$|\.$/g, "");
  if (isIP(name) !== 0) return isInRange(name, host);
  const domain = host.replace(/^\*?\.?|\.$/g, "");
  return domain !== "" && (name === domain || name.endsWith(`.${domain}`));
}

/** Host and port of an entry. An IPv6 address may stand without brackets, where no port follows. */
function partsOf(exception: string): { readonly host: string; readonly at: string | undefined } {
  const [, address, bits = "", behind] = /^\[([^\]]*)\](\/\d+)?(?::(\d+))?$/.exec(exception) ?? [];
  if (address !== undefined) return { host: address + bits, at: behind };
  const [, host = exception, at] = /^([^:]*):(\d+)$/.exec(exception) ?? [];
  return { host, at };
}

/** True for an address in a CIDR range, or for the same address however it is written. */
function isInRange(address: string, range: string): boolean {
  const [base = "", bits] = range.split("/");
  const family = isIP(base);
  const most = family === 4 ? 32 : 128;
  if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits ?? most), family === 4 ? "ipv4" : "ipv6");
  return list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}

/** No proxy leads to this machine; every name below localhost means it too (RFC 6761, 6.3). */
function isThisMachine(hostname: string): boolean {
  return isLoopback(hostname) || /^(?:.+\.)?localhost\.?$/.test(hostname);
}
