import { decodeRequest } from "../../wire/request.ts";
import type { Request } from "../../wire/transport.ts";

/** True for the request after which there is no way back: it may last as long as the server walks through its tags. */
export function isManifestDeletion({ method, path }: Request): boolean {
  if (method !== "DELETE") return false;
  try {
    return decodeRequest({ method, path }).kind === "delete-manifest";
  } catch {
    return false;
  }
}
