import { hasCode, RegistryError } from "../../registry/errors.ts";
import { mediaTypes } from "../../registry/image.ts";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import type { Session } from "../session.ts";

/**
 * Pushes an invalid manifest, which changes nothing, to find out whether the registry accepts pushes. Throws `DENIED`
 * unless it is stopped or read-only, since content that is pushed during a sweep could be deleted for good.
 */
export async function expectQuiet({ address, registry }: Pick<Session, "address" | "registry">): Promise<void> {
  const nothing = { mediaType: mediaTypes.ociManifest, bytes: new TextEncoder().encode("{}") };
  try {
    await registry.putManifest(parseRepositoryName("tagwise/nowhere"), parseTag("nowhere"), nothing);
  } catch (error) {
    // stopped, or read-only; with a next step, what failed was a certificate, a proxy or the token server
    if (hasCode(error, "UNSUPPORTED") || (hasCode(error, "UNREACHABLE") && error.next === undefined)) return;
    if (!(error instanceof RegistryError)) throw error;
  }
  throw new RegistryError("DENIED", `${address.host} is running and may take pushes: nothing may be deleted at once`, {
    said: "REGISTRY_WRITABLE",
    next: "stop it or make it read-only first, or leave --no-quarantine out",
  });
}
