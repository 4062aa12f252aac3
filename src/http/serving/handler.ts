import { RegistryError } from "../../registry/errors.ts";
import type { Registry } from "../../registry/registry.ts";
import { bodyOf, discard } from "../../wire/body.ts";
import { decodeRequest } from "../../wire/request-decoding.ts";
import type { Request, Response, Transport } from "../../wire/transport.ts";
import { apiVersion, bare, failed, json } from "./answers.ts";
import { getBlob, headBlob } from "./blobs.ts";
import { serveCatalog, serveReferrers, serveTags } from "./listings.ts";
import { getManifest, headManifest, putManifest, type ReferrersCheck, referrersCheck } from "./manifests.ts";
import { appendUpload, cancelUpload, commitUpload, startUpload, uploadStatus } from "./upload-requests.ts";
import { type UploadSessionOptions, type UploadSessions, uploadSessions } from "./uploads.ts";

/** How a registry is served. */
export interface HandlerOptions {
  readonly uploads?: UploadSessionOptions;
  /** Called for errors that are a fault of this server and not the registry's answer; the client gets only a 500. */
  readonly onFault?: (error: unknown, request: Request) => void;
}

/**
 * Serves any registry over the distribution protocol, as a `Transport`: `listen` puts it on a socket, tests call it
 * directly.
 */
export function registryHandler(registry: Registry, { uploads, onFault }: HandlerOptions = {}): Transport {
  const served = { registry, sessions: uploadSessions(registry, uploads), listsReferrers: referrersCheck(registry) };
  return async (request) => {
    const answer = await answerTo(served, request).catch((error) => {
      if (!(error instanceof RegistryError)) onFault?.(error, request);
      return failed(error instanceof RegistryError ? error : new RegistryError("UNKNOWN", "internal error"));
    });
    const said = isUnchanged(request, answer) ? await unchanged(answer) : answer;
    const headers = { ...apiVersion, ...said.headers };
    return { ...said, headers, ...(request.method === "HEAD" && { body: bodyOf() }) };
  };
}

interface Served {
  readonly registry: Registry;
  readonly sessions: UploadSessions;
  readonly listsReferrers: ReferrersCheck;
}

async function answerTo(served: Served, http: Request): Promise<Response> {
  const { registry, sessions } = served;
  const request = decodeRequest(http);
  switch (request.kind) {
    case "ping":
      return json({});
    case "list-repositories":
      return serveCatalog(registry, request.page);
    case "list-tags":
      return serveTags(registry, request.repository, request.page);
    case "list-referrers":
      return serveReferrers(registry, request);
    case "head-manifest":
      return headManifest(registry, request);
    case "get-manifest":
      return getManifest(registry, request);
    case "put-manifest":
      return putManifest(served, request, http);
    case "head-blob":
      return headBlob(registry, request);
    case "get-blob":
      return getBlob(registry, request, http);
    case "delete-manifest": // its client may give up, or not
      return accepted(registry.deleteManifest(request.repository, request.digest, { lasting: true }));
    case "delete-tag":
      return accepted(registry.deleteTag(request.repository, request.tag));
    case "delete-tag-reference":
      return accepted(registry.deleteTag(request.repository, request.tag, "tags/reference"));
    case "delete-blob":
      return accepted(registry.deleteBlob(request.repository, request.digest));
    case "start-upload":
      return startUpload(registry, sessions, { start: request, request: http });
    case "append-upload":
      return appendUpload(sessions, request, http);
    case "commit-upload":
      return commitUpload(sessions, request, http);
    case "upload-status":
      return uploadStatus(sessions, request);
    case "cancel-upload":
      return cancelUpload(sessions, request);
  }
}

async function accepted(deletion: Promise<void>): Promise<Response> {
  await deletion;
  return bare(202);
}

function isUnchanged({ method, headers }: Request, { status, headers: { etag } }: Response): boolean {
  const isRead = (method === "GET" || method === "HEAD") && status === 200;
  return isRead && etag !== undefined && headers["if-none-match"] === etag;
}

async function unchanged(answer: Response): Promise<Response> {
  await discard(answer, 0);
  const { etag } = answer.headers;
  return bare(304, etag === undefined ? {} : { etag });
}
