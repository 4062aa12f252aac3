import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RegistryServer } from "./registry-server.ts";
import type { Stage } from "./stage.ts";

/** One request that went through a proxy. */
export interface Passed {
  /** 1 for the first. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** What the server said; undefined until it has, and where it never did. */
  status?: number;
  /** The digest of what a PUT stored. */
  digest?: string;
}

interface ProxyHooks {
  /** The status that answers a request in the registry's place; undefined lets it through. */
  readonly refuse?: (passed: Passed) => number | undefined;
  /** Waits before a request is passed on. */
  readonly before?: (passed: Passed) => Promise<void> | void;
  /** Waits after the server has answered, before the answer is passed back. */
  readonly after?: (passed: Passed) => Promise<void> | void;
}

/** Stands before a registry and counts what goes through. */
export interface CountingProxy {
  /** `127.0.0.1:PORT`, as it stands in a reference. */
  readonly host: string;
  readonly passed: readonly Passed[];
  /** Other hooks from now on, and a count that begins anew. */
  watch(hooks: ProxyHooks): void;
}

/** Starts a counting proxy before a registry that speaks plain HTTP. */
export async function startProxy(stage: Stage, { port }: Pick<RegistryServer, "port">): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true });
  let passed: Passed[] = [];
  let hooks: ProxyHooks = {};
  const server = createServer((incoming, outgoing) => {
    const one: Passed = { number: passed.length + 1, method: incoming.method ?? "", path: incoming.url ?? "" };
    passed.push(one);
    pass({ incoming, outgoing, one, hooks, agent, port }).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stage.defer(() => {
    server.closeAllConnections();
    server.close();
    agent.destroy();
  });
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get passed() {
      return passed;
    },
    watch(next) {
      passed = [];
      hooks = next;
    },
  };
}

interface Passing {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly one: Passed;
  readonly hooks: ProxyHooks;
  readonly agent: Agent;
  readonly port: number;
}

async function pass({ incoming, outgoing, one, hooks, agent, port }: Passing): Promise<void> {
  const body = await bytesOf(incoming);
  await hooks.before?.(one);
  const refusal = hooks.refuse?.(one);
  if (refusal !== undefined) return void outgoing.writeHead(refusal).end();
  const { method, url: path, headers } = incoming;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers, agent };
    request(options, resolve).once("error", reject).end(body);
  });
  const content = await bytesOf(answer);
  one.status = answer.statusCode ?? 0;
  if (method === "PUT") one.digest = String(answer.headers["docker-content-digest"]);
  await hooks.after?.(one);
  outgoing.writeHead(one.status, answer.headers).end(content);
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
