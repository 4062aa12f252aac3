import { RegistryError } from "../../registry/errors.ts";
import { isSameServer } from "../../wire/place.ts";
import { hostKind } from "../connection/addresses.ts";

/** Where a registry's token server may be. */
export interface RealmRules {
  /** The registry that named the realm. */
  readonly origin: URL;
  /** `HOST` or `HOST:PORT`, each allowed by the person with `--allow-realm`. */
  readonly allowedRealms: readonly string[];
}

/**
 * Parses and checks a realm, which an attacker may have named. Throws `UNAUTHORIZED` where no password may be sent to
 * it.
 */
export function parseRealm(text: string, { origin, allowedRealms }: RealmRules): URL {
  if (!URL.canParse(text, origin.href)) throw refused("a realm that is no URL");
  const realm = new URL(text, origin);
  if (realm.protocol !== "https:" && realm.protocol !== "http:") throw refused(`a realm with ${realm.protocol}`);
  if (realm.username !== "" || realm.password !== "") throw refused("a realm with a password in it");
  const kind = hostKind(realm);
  if (kind === "never") throw refused(`${realm.host} for its tokens, which is never a token server`);
  if (isAllowed(realm, allowedRealms)) return realm;
  const next = `if it is right, say --allow-realm ${realm.host}`;
  if (kind === "private" && hostKind(origin) === "public") {
    throw refused(`${realm.host} for its tokens, an address inside this machine or its network`, next);
  }
  if (isSameServer(realm, origin)) return new URL(origin.origin + realm.pathname + realm.search); // by TLS
  if (realm.protocol === "http:" && origin.protocol === "https:") {
    throw refused(`${realm.host} for its tokens without TLS`, next);
  }
  return realm;
}

function isAllowed({ host, hostname }: URL, allowedRealms: readonly string[]): boolean {
  return allowedRealms.some((allowed) => [host, hostname].includes(allowed.toLowerCase()));
}

/** The next step where neither a flag nor a login helps. */
const atFault = "the registry's configuration is at fault: its operator has to correct the realm";

function refused(what: string, next = atFault): RegistryError {
  return new RegistryError("UNAUTHORIZED", `refused: the registry names ${what}`, { next });
}
