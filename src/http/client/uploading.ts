import { RegistryError } from "../../registry/errors.ts";
import type { Digest, RepositoryName } from "../../registry/names.ts";
import type { Upload } from "../../registry/registry.ts";
import { placeBehind } from "../../wire/place.ts";
import { encodeRequest } from "../../wire/request.ts";
import type { Response } from "../../wire/transport.ts";
import type { Send } from "./send.ts";

const absent = "BLOB_UPLOAD_UNKNOWN";

/** Opens an upload over HTTP: a POST to open, a streamed PATCH for each append, a PUT with the digest to commit. */
export async function uploadOver(send: Send, repository: RepositoryName): Promise<Upload> {
  const start = { kind: "start-upload", repository } as const;
  let path = locationOf(await send(start), encodeRequest(start).path);
  let size = 0;
  return {
    get size() {
      return size;
    },
    async append(content) {
      let sent = 0;
      const counted = async function* () {
        for await (const chunk of content) {
          sent += chunk.length;
          yield chunk;
        }
      };
      const headers = { "content-type": "application/octet-stream" };
      path = locationOf(await send({ method: "PATCH", path, absent }, { headers, body: counted() }), path);
      size += sent;
    },
    async commit(digest) {
      const query = `${path.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
      await send({ method: "PUT", path: path + query, absent }, { body: new Uint8Array() });
      return { mediaType: "application/octet-stream", digest, size };
    },
    async cancel() {
      await send({ method: "DELETE", path, absent });
    },
  };
}

interface Mount {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly from: RepositoryName | undefined;
}

/**
 * Mounts a blob: true where the registry did (201). Where it opened an upload instead, that is cancelled and the result
 * is false.
 */
export async function mountOver(send: Send, { repository, digest, from }: Mount): Promise<boolean> {
  const start = { kind: "start-upload", repository, mount: digest, ...(from && { from }) } as const;
  const answer = await send(start);
  if (answer.status === 201) return true;
  const path = placeIn(answer, encodeRequest(start).path);
  if (path !== undefined) await send({ method: "DELETE", path, absent }).catch(() => {});
  return false;
}

/** The place at which an upload continues. It may be on another host; the transport decides what is sent there. */
function locationOf(answer: Response, from: string): string {
  const place = placeIn(answer, from);
  if (place === undefined) throw new RegistryError("ANSWER_INVALID", "the registry did not say where to upload");
  return place;
}

function placeIn({ headers: { location } }: Response, from: string): string | undefined {
  return location ? placeBehind(location, from) : undefined;
}
