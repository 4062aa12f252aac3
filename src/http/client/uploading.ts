import { RegistryError } from "../../registry/errors.ts";
import type { RepositoryName } from "../../registry/names.ts";
import type { Upload } from "../../registry/registry.ts";
import type { Send } from "./send.ts";

const absent = "BLOB_UPLOAD_UNKNOWN";

/** A blob on its way to a registry: POST, a PATCH for each part, PUT with the digest. */
export async function uploadOver(send: Send, repository: RepositoryName): Promise<Upload> {
  let path = locationOf(await send({ kind: "start-upload", repository }));
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
      path = locationOf(await send({ method: "PATCH", path, absent }, { headers, body: counted() }));
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

/** The place to go on at; servers may name another host, and the transport decides what goes there. */
function locationOf({ headers: { location } }: { readonly headers: Readonly<Record<string, string>> }): string {
  if (location === undefined) throw new RegistryError("ANSWER_INVALID", "the registry did not say where to upload");
  return location;
}
