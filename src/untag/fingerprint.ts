import type { RegistryError } from "../registry/errors.ts";
import type { StrategyName } from "./outcome.ts";

/** Registry software or services that tagwise tells apart, as far as they treat tags and deletion differently. */
export type RegistryKind =
  | "distribution2"
  | "distribution3"
  | "tagwise"
  | "gitlab"
  | "harbor"
  | "quay"
  | "gitea"
  | "nexus"
  | "artifactory"
  | "docker-hub"
  | "ghcr"
  | "ecr"
  | "acr"
  | "artifact-registry"
  | "unknown";

/** The answer to `GET /v2/`, and the challenge that came before it. */
export interface Greeting {
  /** Host name without port. */
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The realm URL of the server's `WWW-Authenticate` challenge; absent where it sent none. */
  readonly realm?: string;
}

/** What a registry was recognised as. */
export interface Fingerprint {
  readonly kind: RegistryKind;
  readonly version?: string;
  /** What it was recognised by, in words. */
  readonly because: string;
}

const byHost: readonly (readonly [RegExp, RegistryKind])[] = [
  [/(?:^|\.)docker\.io$/, "docker-hub"],
  [/^ghcr\.io$/, "ghcr"],
  [/\.dkr\.ecr(?:-fips)?\..*amazonaws\.com(?:\.cn)?$/, "ecr"],
  [/\.azurecr\.(?:io|cn|us)$/, "acr"],
  [/(?:-docker\.pkg\.dev|(?:^|\.)gcr\.io)$/, "artifact-registry"],
];

const byHeader: readonly (readonly [string, RegistryKind])[] = [
  ["gitlab-container-registry-version", "gitlab"],
  ["x-artifactory-id", "artifactory"],
  ["x-jfrog-version", "artifactory"],
];

const byRealm: readonly (readonly [RegExp, RegistryKind])[] = [
  [/\/service\/token$/, "harbor"],
  [/\/v2\/auth$/, "quay"],
  [/\/jwt\/auth$/, "gitlab"],
  [/\/v2\/token$/, "gitea"],
];

/** In characters: a header may have thousands. */
const longestVersion = 64;

/**
 * Recognises a registry by its host name, else its headers, else the path of its realm; `unknown` where none of them
 * tells.
 */
export function fingerprint({ hostname, headers, realm = "" }: Greeting): Fingerprint {
  const host = byHost.find(([pattern]) => pattern.test(hostname));
  if (host !== undefined) return { kind: host[1], because: `the host ${hostname}` };
  const header = byHeader.find(([name]) => headers[name] !== undefined);
  if (header !== undefined) {
    const version = headers[header[0]]?.slice(0, longestVersion);
    return { kind: header[1], because: `the header ${header[0]}`, ...(version !== undefined && { version }) };
  }
  const server = /^(tagwise|Nexus)(?:\/([\w.-]*))?(?=\s|$)/i.exec(headers.server ?? "");
  if (server?.[1] !== undefined) {
    return {
      kind: server[1].toLowerCase() as "tagwise" | "nexus",
      because: "the header server",
      ...(server[2] && { version: server[2].slice(0, longestVersion) }),
    };
  }
  const path = realm.split("?")[0] ?? "";
  const byPath = byRealm.find(([pattern]) => pattern.test(path));
  if (byPath !== undefined) return { kind: byPath[1], because: `the token server's path ${path.slice(-40)}` };
  return { kind: "unknown", because: "nothing in its greeting tells" };
}

/**
 * Recognises distribution 2 and 3 by their answers to the deletion of a tag that cannot exist; any other fingerprint
 * stays as it is.
 */
export function refineByTagDeletion(
  found: Fingerprint,
  { code, message, detail }: Pick<RegistryError, "code" | "message" | "detail">,
): Fingerprint {
  if (found.kind !== "unknown") return found;
  if (code === "DIGEST_INVALID" && message.includes("provided digest did not match")) {
    return {
      kind: "distribution2",
      version: "2.x",
      because: "it takes a tag for a digest, as only distribution 2 does",
    };
  }
  const driver = /^(\w+): Path not found: .*\/_manifests\/tags\//.exec(detail ?? "")?.[1];
  if (code === "MANIFEST_UNKNOWN" && driver !== undefined) {
    return {
      kind: "distribution3",
      version: "3.x",
      because: `it names the path in its ${driver} storage, as distribution 3 does`,
    };
  }
  return found;
}

/** True where tests against the real server have proven that the strategy removes no tag but the named one. */
export function isProvenExact(kind: RegistryKind, strategy: StrategyName): boolean {
  if (strategy === "decoy") return kind === "distribution2";
  return strategy === "native" && (kind === "distribution3" || kind === "tagwise");
}

/**
 * True for kinds that delete a manifest as soon as no tag points at it, also when its last tag is pushed to: it cannot
 * be put back.
 */
export function givesUpUntagged(kind: RegistryKind): boolean {
  return kind === "gitea" || kind === "ecr";
}
