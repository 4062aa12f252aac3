import { isAbsent, RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Registry, Upload } from "../../registry/registry.ts";
import { parseChunkRange } from "../../wire/range.ts";
import { encodeRequest } from "../../wire/request.ts";
import type { Headers, Request, Response } from "../../wire/transport.ts";
import { bare, failed, streamOf } from "./answers.ts";
import type { NamedUpload, UploadSession, UploadSessions } from "./uploads.ts";

interface Start {
  readonly repository: RepositoryName;
  readonly digest?: Digest;
  readonly mount?: Digest;
  readonly from?: RepositoryName;
}

/** POST: mounts, takes a whole blob, or begins a session. */
export async function startUpload(
  registry: Registry,
  sessions: UploadSessions,
  { start, request }: { readonly start: Start; readonly request: Request },
): Promise<Response> {
  const { repository, digest, mount, from } = start;
  if (mount !== undefined && (await mounted(registry, repository, { mount, from }))) return created(repository, mount);
  if (digest === undefined) return accepted(202, await sessions.start(repository));
  const upload = await registry.openUpload(repository);
  await cancelling(upload, async () => {
    await upload.append(streamOf(request));
    await upload.commit(digest);
  });
  return created(repository, digest);
}

/** PATCH: takes the next chunk. */
export function appendUpload(sessions: UploadSessions, named: NamedUpload, request: Request): Promise<Response> {
  return sessions.use(named, async (session) => {
    if (!isNext(session.upload, request.headers)) return outOfOrder(session);
    await append(session.upload, request);
    return accepted(202, session);
  });
}

/** PUT: takes the last chunk, if there is one, and ends the session. */
export function commitUpload(
  sessions: UploadSessions,
  { digest, ...named }: NamedUpload & { readonly digest: Digest },
  request: Request,
): Promise<Response> {
  return sessions.use(named, async (session) => {
    if (!isNext(session.upload, request.headers)) return outOfOrder(session);
    await append(session.upload, request);
    sessions.forget(session);
    await cancelling(session.upload, () => session.upload.commit(digest));
    return created(session.repository, digest);
  });
}

/** GET: 204 with the `Range` received so far. Throws `BLOB_UPLOAD_UNKNOWN`. */
export async function uploadStatus(sessions: UploadSessions, named: NamedUpload): Promise<Response> {
  return accepted(204, sessions.find(named));
}

/** DELETE: ends a session and discards its content. Throws `BLOB_UPLOAD_UNKNOWN`. */
export async function cancelUpload(sessions: UploadSessions, named: NamedUpload): Promise<Response> {
  return sessions.use(named, async (session) => {
    sessions.forget(session);
    await session.upload.cancel();
    return bare(204);
  });
}

async function mounted(
  registry: Registry,
  repository: RepositoryName,
  { mount, from }: { readonly mount: Digest; readonly from: RepositoryName | undefined },
): Promise<boolean> {
  try {
    return await registry.mountBlob(repository, mount, from);
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** A chunk without a range is taken as it comes: that is a stream. */
function isNext({ size }: Upload, headers: Headers): boolean {
  const header = headers["content-range"];
  if (header === undefined) return true;
  const range = parseChunkRange(header);
  const length = headers["content-length"];
  return range?.first === size && (length === undefined || Number(length) === range.last - range.first + 1);
}

async function append(upload: Upload, request: Request): Promise<void> {
  const before = upload.size;
  await upload.append(streamOf(request));
  const range = parseChunkRange(request.headers["content-range"] ?? "");
  if (range !== undefined && upload.size - before !== range.last - range.first + 1) {
    throw new RegistryError("SIZE_INVALID", "the chunk is not as long as its Content-Range says");
  }
}

async function cancelling(upload: Upload, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await upload.cancel().catch(() => {}); // the first error is the one to tell
    throw error;
  }
}

function accepted(status: number, session: UploadSession): Response {
  return bare(status, headersOf(session));
}

function outOfOrder(session: UploadSession): Response {
  const { size } = session.upload;
  const answer = failed(new RegistryError("RANGE_INVALID", `the chunk does not begin at byte ${size}`));
  return { ...answer, headers: { ...answer.headers, ...headersOf(session) } };
}

function headersOf({ id, repository, upload }: UploadSession): Headers {
  return {
    location: encodeRequest({ kind: "append-upload", repository, upload: id }).path,
    range: `0-${Math.max(upload.size - 1, 0)}`, // distribution says 0-0 for nothing
    "docker-upload-uuid": id,
  };
}

function created(repository: RepositoryName, digest: Digest): Response {
  const { path } = encodeRequest({ kind: "get-blob", repository, digest });
  return bare(201, { location: path, "docker-content-digest": digest });
}
