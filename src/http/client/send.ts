import type { RegistryErrorCode } from "../../registry/errors.ts";
import { discard } from "../../wire/body.ts";
import { parseFailure } from "../../wire/failure.ts";
import { encodeRequest, type RegistryRequest } from "../../wire/request.ts";
import type { Headers, Request, Response, Transport } from "../../wire/transport.ts";

/** How one request of the client is sent. */
export interface SendOptions {
  readonly headers?: Headers;
  readonly body?: Request["body"];
  /** True to leave the body for the caller to read; otherwise it is discarded. */
  readonly keepBody?: boolean;
  /** True to wait for the answer without a time limit. */
  readonly lasting?: boolean;
}

/** A request to a place that a server named, such as an upload's Location or a page's Link. */
export interface Named {
  readonly method: string;
  readonly path: string;
  /** The code for a 404 whose body names none. */
  readonly absent: RegistryErrorCode;
}

/** Sends one request and resolves to a 2xx answer. Throws a `RegistryError` for every other status. */
export type Send = (request: RegistryRequest | Named, options?: SendOptions) => Promise<Response>;

/** Asks caches between us and the registry for its own answer. */
export const unremembered: Headers = { "cache-control": "no-cache" };

/** The next step after an answer that no registry would send. */
export const seeWhatAnswers =
  "see what answers there with --verbose: a web page, as of a user interface or a proxy, is no registry";

/** Makes a `Send` over a transport. With `host`, the error for a 401 says how to log in there. */
export function sender(transport: Transport, host?: string): Send {
  return async (request, { headers = {}, body, keepBody = false, lasting = false } = {}) => {
    const { method, path } = "kind" in request ? encodeRequest(request) : request;
    const response = await transport({ method, path, headers, lasting, ...(body !== undefined && { body }) });
    if (response.status < 200 || response.status > 299) {
      throw await parseFailure(response, { absent: "kind" in request ? absences[request.kind] : request.absent, host });
    }
    if (!keepBody) await discard(response);
    return response;
  };
}

/** The code for a 404 whose body names none. */
const absences = {
  ping: "UNSUPPORTED",
  "list-repositories": "UNSUPPORTED", // no catalog
  "list-tags": "NAME_UNKNOWN",
  "list-referrers": "UNSUPPORTED", // no referrers API
  "head-manifest": "MANIFEST_UNKNOWN",
  "get-manifest": "MANIFEST_UNKNOWN",
  "put-manifest": "MANIFEST_UNKNOWN",
  "delete-manifest": "MANIFEST_UNKNOWN",
  "delete-tag": "MANIFEST_UNKNOWN",
  "delete-tag-reference": "MANIFEST_UNKNOWN",
  "head-blob": "BLOB_UNKNOWN",
  "get-blob": "BLOB_UNKNOWN",
  "delete-blob": "BLOB_UNKNOWN",
  "start-upload": "BLOB_UPLOAD_UNKNOWN",
  "upload-status": "BLOB_UPLOAD_UNKNOWN",
  "append-upload": "BLOB_UPLOAD_UNKNOWN",
  "commit-upload": "BLOB_UPLOAD_UNKNOWN",
  "cancel-upload": "BLOB_UPLOAD_UNKNOWN",
} as const satisfies Record<RegistryRequest["kind"], RegistryErrorCode>;
