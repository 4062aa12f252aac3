import type { RegistryErrorCode } from "../../registry/errors.ts";
import { discard } from "../../wire/body.ts";
import { parseFailure } from "../../wire/failure.ts";
import { encodeRequest, type RegistryRequest } from "../../wire/request.ts";
import type { Headers, Request, Response, Transport } from "../../wire/transport.ts";

export interface SendOptions {
  readonly headers?: Headers;
  readonly body?: Request["body"];
  /** Leave the body for the caller to read; otherwise it is thrown away. */
  readonly keepBody?: boolean;
  /** Wait for the answer however long it takes. */
  readonly lasting?: boolean;
}

/** A place that a server named, such as an upload's Location or a page's Link. */
export interface Named {
  readonly method: string;
  readonly path: string;
  /** What a 404 without a body means. */
  readonly absent: RegistryErrorCode;
}

/** Sends one request and resolves for 2xx only. Throws the registry's error for the rest. */
export type Send = (request: RegistryRequest | Named, options?: SendOptions) => Promise<Response>;

/** With the host's name, an answer that asks for credentials says how to log in there. */
export function sender(transport: Transport, host?: string): Send {
  return async (request, { headers = {}, body, keepBody = false, lasting = false } = {}) => {
    const { method, path } = "kind" in request ? encodeRequest(request) : request;
    const response = await transport({ method, path, headers, lasting, ...(body !== undefined && { body }) });
    if (response.status < 200 || response.status > 299) {
      throw await parseFailure(response, { absent: "kind" in request ? absenceOf(request) : request.absent, host });
    }
    if (!keepBody) await discard(response);
    return response;
  };
}

function absenceOf({ kind }: RegistryRequest): RegistryErrorCode {
  if (kind.endsWith("manifest") || kind.startsWith("delete-tag")) return "MANIFEST_UNKNOWN";
  if (kind.endsWith("blob")) return "BLOB_UNKNOWN";
  if (kind.endsWith("upload")) return "BLOB_UPLOAD_UNKNOWN";
  return kind === "list-tags" ? "NAME_UNKNOWN" : "UNSUPPORTED"; // no catalog, no referrers API
}
