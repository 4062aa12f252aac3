import { Agent, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A registry under test, as its clients see it. */
export interface RegistryServer {
  /** `127.0.0.1:PORT`, as it stands in a reference. */
  readonly host: string;
  readonly origin: string;
  readonly port: number;
  /** The storage directory; empty where there is none. */
  readonly storage: string;
  /** The registry's `config.yml`; empty where there is none. */
  readonly configFile: string;
  readonly credentials?: Credentials;
  /** File of the private CA in PEM, where it speaks TLS. */
  readonly caFile?: string;
  readonly ca?: string;
  pid(): number;
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it anew on the same port and storage, after a stop. */
  start(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Where a request goes, and with what. */
type Target = Pick<RegistryServer, "origin" | "credentials" | "ca">;

/** One plain request to a registry, past all of our own code; fetches a token where the registry wants one. */
export async function ask(server: Target, method: string, path: string, options: Ask = {}): Promise<Answer> {
  const authorization = authorizationOf(server.credentials);
  const headers = { ...(server.credentials !== undefined && { authorization }), ...options.headers };
  const url = new URL(path, server.origin);
  const answer = await exchange(server, url, { ...options, method, headers });
  const challenge = answer.headers["www-authenticate"] ?? "";
  if (answer.status !== 401 || !challenge.startsWith("Bearer ")) return answer;
  const token = await fetchToken(server, challenge);
  return exchange(server, url, {
    ...options,
    method,
    headers: { ...options.headers, authorization: `Bearer ${token}` },
  });
}

/** The JSON of a GET that must answer 200. */
export async function askJson<Value>(server: Target, path: string): Promise<Value> {
  const answer = await ask(server, "GET", path);
  if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body.toString().slice(0, 500)}`);
  return JSON.parse(answer.body.toString());
}

async function fetchToken(server: Target, challenge: string): Promise<string> {
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const { realm = "", service = "", scope = "" } = parameters;
  const url = new URL(realm);
  url.searchParams.set("service", service);
  url.searchParams.set("scope", scope);
  const headers = { authorization: authorizationOf(server.credentials) };
  const { body } = await exchange(server, url, { method: "GET", headers });
  const { token, access_token = token } = JSON.parse(body.toString()) as Record<string, string>;
  return access_token ?? "";
}

const kept = new Agent({ keepAlive: true });

function exchange(server: Target, url: URL, { body, ...options }: Ask & { readonly method: string }): Promise<Answer> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  const all: RequestOptions & { ca?: string } = { ...options, ...(server.ca !== undefined && { ca: server.ca }) };
  if (url.protocol === "http:") all.agent = kept;
  if (body !== undefined) all.headers = { ...options.headers, "content-length": String(body.length) };
  return new Promise((resolve, reject) => {
    const sent = request(url, all, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk)).on("error", reject);
      response.on("end", () => {
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        );
        resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function authorizationOf(credentials: Credentials | undefined): string {
  return `Basic ${Buffer.from(`${credentials?.username}:${credentials?.password}`).toString("base64")}`;
}
