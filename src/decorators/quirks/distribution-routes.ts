import { mediaTypes } from "../../registry/image.ts";
import { discard } from "../../wire/body.ts";
import type { RegistryRequest } from "../../wire/request.ts";
import { decodeRequest } from "../../wire/request-decoding.ts";
import type { Request } from "../../wire/transport.ts";
import { bare, json, plainText } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

const methods: Partial<Record<RegistryRequest["kind"], readonly string[]>> = {
  "list-repositories": ["GET"],
  "list-tags": ["GET"],
  "get-manifest": ["DELETE", "GET", "HEAD", "PUT"],
  "get-blob": ["DELETE", "GET", "HEAD"],
  "start-upload": ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
};

/** Go's router answers for itself where a path does not have a method, and to OPTIONS; the ping takes any. */
export const ownMethods: Quirk = {
  transport: (transport) => async (request) => {
    const kind = decoded({ ...request, method: "GET" })?.kind ?? decoded({ ...request, method: "POST" })?.kind;
    if (kind === "ping") return transport({ ...request, method: request.method === "HEAD" ? "HEAD" : "GET" });
    const all = kind && methods[kind];
    if (all === undefined || all.includes(request.method)) return transport(request);
    const { headers } = await transport(request); // where nothing may be written, fewer are left
    const allow = all.filter((method) => headers.allow?.split(", ").includes(method) ?? true).join(", ");
    if (request.method === "OPTIONS") return bare(200, { allow });
    return plainText(request, { status: 405, text: "Method not allowed\n", headers: { allow } });
  },
};

/** Whoever begins an upload sends nothing with it, and mounts from where he says. */
export const plainUploads: Quirk = {
  transport: (transport) => (request) => {
    const isFromAnywhere = !queryOf(request).get("from");
    const unread = ["digest", ...(isFromAnywhere ? ["mount"] : [])];
    return transport(request.method === "POST" ? without(request, unread) : request);
  },
};

/** distribution 2 passes over a number of names that is none. */
export const anyCount: Quirk = {
  transport: (transport) => (request) => {
    const isCount = /^\d+$/.test(queryOf(request).get("n") ?? "0");
    return transport(isCount ? request : without(request, ["n"]));
  },
};

/** distribution 2 lists no tags as Go writes an empty list that nobody made. */
export const nullTags: Quirk = {
  transport: (transport) => async (request) => {
    const answer = await transport(request);
    const asked = decoded(request);
    if (asked?.kind !== "list-tags" || answer.status !== 200) return answer;
    const empty = JSON.stringify({ name: asked.repository, tags: [] });
    if (answer.headers["content-length"] !== String(empty.length)) return answer;
    await discard(answer);
    return json(request, { name: asked.repository, tags: null }, 200);
  },
};

/** A manifest whose type nobody said is taken for one of schema 1, which it is not. */
export const untypedIsSchema1: Quirk = {
  transport: (transport) => async (request) => {
    const type = request.headers["content-type"]?.split(";")[0]?.trim() ?? "";
    const isSaid = type !== "" && type !== "application/json";
    if (isSaid || decoded(request)?.kind !== "put-manifest") return transport(request);
    return transport({ ...request, headers: { ...request.headers, "content-type": mediaTypes.dockerSchema1Signed } });
  },
};

function queryOf({ path }: Request): URLSearchParams {
  return new URLSearchParams(path.split("?")[1]);
}

function without(request: Request, parameters: readonly string[]): Request {
  const query = queryOf(request);
  for (const parameter of parameters) query.delete(parameter);
  const [path = ""] = request.path.split("?");
  return { ...request, path: query.size > 0 ? `${path}?${query}` : path };
}

/** Undefined for what is no request of the protocol. */
function decoded(request: Request): RegistryRequest | undefined {
  try {
    return decodeRequest(request);
  } catch {
    return undefined;
  }
}
