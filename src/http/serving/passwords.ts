import { createHmac, randomBytes } from "node:crypto";
import { RegistryError } from "../../registry/errors.ts";
import { formatChallenge } from "../../wire/challenge.ts";
import type { Transport } from "../../wire/transport.ts";
import { apiVersion, failed } from "./answers.ts";

/** A bcrypt hash of nobody's password, so that an unknown name takes as long as a wrong password. */
const nobody = "$2y$10$abcdefghijklmnopqrstuuWzWZ7WVUjqAdmlGgKSZHWxSrcBaAVnG";

/**
 * Lets in only who is in the lines of an htpasswd file (bcrypt, as `htpasswd -B` writes them). A password that was
 * right is remembered as a keyed hash for this process, since bcrypt takes a tenth of a second.
 */
export function passwordProtected(transport: Transport, htpasswd: string): Transport {
  const hashes = parseHtpasswd(htpasswd);
  const key = randomBytes(32);
  const seen = new Set<string>();

  async function isLetIn(header: string | undefined): Promise<boolean> {
    const given = parseBasic(header);
    if (given === undefined) return false;
    const mark = createHmac("sha256", key).update(`${given.username}:${given.password}`).digest("base64");
    if (seen.has(mark)) return true;
    const { compare } = await import("bcryptjs");
    const matches = await compare(given.password, hashes.get(given.username) ?? nobody);
    if (!matches || !hashes.has(given.username)) return false;
    seen.add(mark);
    return true;
  }

  return async (request) => {
    if (await isLetIn(request.headers.authorization)) return transport(request);
    const answer = failed(new RegistryError("UNAUTHORIZED", "authentication required"));
    const challenge = formatChallenge({ scheme: "basic", parameters: { realm: "tagwise registry" } });
    return { ...answer, headers: { ...answer.headers, ...apiVersion, "www-authenticate": challenge } };
  };
}

/** Throws `UNSUPPORTED` where an entry is not bcrypt: the other formats of htpasswd are broken. */
function parseHtpasswd(text: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [username = "", hash = ""] = line.split(":").map((part) => part.trim());
    if (username === "" || !/^\$2[aby]\$\d\d\$.{53}$/.test(hash)) {
      throw new RegistryError("UNSUPPORTED", `line ${index + 1} of the htpasswd file is not bcrypt`, {
        next: "use htpasswd -B",
      });
    }
    hashes.set(username, hash);
  }
  return hashes;
}

function parseBasic(header: string | undefined): { username: string; password: string } | undefined {
  const encoded = /^basic +([a-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [username = "", ...password] = Buffer.from(encoded, "base64").toString().split(":");
  return { username, password: password.join(":") };
}
