import { hasCode, isAbsent, isPassing, isRefusal, RegistryError } from "../registry/errors.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import type { Clock } from "../support/clock.ts";
import { type Fingerprint, isProvenExact, refineByTagDeletion } from "./fingerprint.ts";
import type { StrategyName } from "./outcome.ts";
import { patienceOf, patiently } from "./patience.ts";

/** One conclusion about a registry, with the request and the answer that prove it. */
export interface Finding {
  readonly severity: "info" | "warning" | "problem";
  readonly says: string;
  readonly request: string;
  readonly answer: string;
}

export type Deletion = "allowed" | "disabled" | "denied" | "unknown";

/** What a repository's registry allows, found without changing anything. */
export interface Capability {
  readonly fingerprint: Fingerprint;
  readonly deletion: Deletion;
  /** Undefined where no tag can be removed; `refusal` then says why. */
  readonly strategy?: StrategyName;
  readonly refusal?: RegistryError;
  /** True where tests against the real server have shown that it removes the named tag alone. */
  readonly exact: boolean;
  readonly findings: readonly Finding[];
}

export interface ProbeOptions {
  readonly fingerprint: Fingerprint;
  /** A tag and a digest that cannot exist. */
  readonly nowhere: { readonly tag: Tag; readonly digest: Digest };
  /** The strategy asked for; without it the best that the registry allows. */
  readonly wanted?: StrategyName;
  /** With it, a probe is sent again where it was not answered: nothing can come of that. */
  readonly clock?: Clock;
}

/** What the probes have come to, before the findings are added. */
type Conclusion = Pick<Capability, "fingerprint" | "deletion" | "strategy" | "refusal">;

/** Asks for one deletion of what does not exist; gives the refusal, or nothing where the registry says that it did it. */
type Ask = (path: string, what: string, request: () => Promise<void>) => Promise<RegistryError | undefined>;

type Deletes = Pick<Registry, "deleteTag" | "deleteManifest">;
type Asking = ProbeOptions & { readonly ask: Ask };

/** Finds the way to remove a tag, by deletions of what does not exist. Nothing falls through from a refusal. */
export async function probe(registry: Deletes, repository: RepositoryName, options: ProbeOptions): Promise<Capability> {
  const findings: Finding[] = [];
  const ask: Ask = async (path, what, request) => {
    const { clock } = options;
    const asked = () => answerOf(request);
    const refusal = await (clock === undefined ? asked() : patiently(patienceOf({ clock }), asked));
    findings.push(findingOf(`DELETE /v2/${repository}/${path}`, what, refusal));
    return refusal;
  };
  const found = await conclude(registry, repository, { ...options, ask });
  const exact = found.strategy !== undefined && isProvenExact(found.fingerprint.kind, found.strategy);
  return { ...found, exact, findings };
}

async function conclude(registry: Deletes, repository: RepositoryName, options: Asking): Promise<Conclusion> {
  const {
    nowhere: { tag },
    wanted = "native",
    ask,
  } = options;
  const byTag = await ask(`manifests/${tag}`, "a tag", () => registry.deleteTag(repository, tag));
  const fingerprint = byTag === undefined ? options.fingerprint : refineByTagDeletion(options.fingerprint, byTag);
  if (byTag !== undefined && isRefusal(byTag)) return { fingerprint, deletion: "denied", refusal: byTag };
  if (byTag !== undefined && !isNotOffered(byTag)) return { fingerprint, deletion: "unknown", refusal: byTag };
  if (deletesTags(byTag) && wanted === "native") return { fingerprint, deletion: "allowed", strategy: "native" };
  const older = await byOlderPath(registry, repository, { ...options, fingerprint });
  return older ?? byDigest(registry, repository, { ...options, fingerprint });
}

/** Undefined where this is no GitLab of old, and the decoy is to be tried. */
async function byOlderPath(
  registry: Deletes,
  repository: RepositoryName,
  { fingerprint, nowhere: { tag }, wanted, ask }: Asking,
): Promise<Conclusion | undefined> {
  if (wanted === "decoy") return undefined;
  if (wanted === "native") return { fingerprint, deletion: "unknown", refusal: cannot(wanted) };
  if (wanted === "gitlab" || mayHaveOlderPath(fingerprint)) {
    const answer = await ask(`tags/reference/${tag}`, "a tag by GitLab's older path", () =>
      registry.deleteTag(repository, tag, "tags/reference"),
    );
    if (answer !== undefined && isRefusal(answer)) return { fingerprint, deletion: "denied", refusal: answer };
    if (deletesTags(answer)) return { fingerprint, deletion: "allowed", strategy: "gitlab" };
  }
  return wanted === undefined ? undefined : { fingerprint, deletion: "unknown", refusal: cannot(wanted) };
}

async function byDigest(
  registry: Deletes,
  repository: RepositoryName,
  { fingerprint, nowhere: { digest }, ask }: Asking,
): Promise<Conclusion> {
  const answer = await ask(`manifests/${digest}`, "a manifest", () => registry.deleteManifest(repository, digest));
  if (answer === undefined) return { fingerprint, deletion: "unknown", refusal: lies() };
  if (isRefusal(answer)) return { fingerprint, deletion: "denied", refusal: answer };
  if (looksForIt(answer)) return { fingerprint, deletion: "allowed", strategy: "decoy" };
  if (isAbsent(answer)) return { fingerprint, deletion: "unknown", refusal: noSuchPath(answer) };
  if (!isNotOffered(answer)) return { fingerprint, deletion: "unknown", refusal: answer };
  return { fingerprint, deletion: "disabled", refusal: disabled(answer) };
}

/** How registries say that a deletion is none of theirs, or not in this way; a 500 says nothing. */
function isNotOffered({ status }: RegistryError): boolean {
  return [400, 404, 405, 406, 501].includes(status);
}

function deletesTags(answer: RegistryError | undefined): boolean {
  return answer === undefined || looksForIt(answer);
}

/** A 404 that names a code comes from a registry that looked for the thing; one without comes from a router. */
function looksForIt(answer: RegistryError): boolean {
  return isAbsent(answer) && answer.said !== undefined;
}

function mayHaveOlderPath({ kind }: Fingerprint): boolean {
  return kind === "gitlab" || kind === "unknown";
}

async function answerOf(request: () => Promise<void>): Promise<RegistryError | undefined> {
  try {
    await request();
    return undefined;
  } catch (error) {
    if (!(error instanceof RegistryError) || isPassing(error) || hasCode(error, "ANSWER_INVALID")) throw error;
    return error;
  }
}

function findingOf(request: string, what: string, answer: RegistryError | undefined): Finding {
  if (answer === undefined)
    return { severity: "warning", says: `says that it deleted ${what} that does not exist`, request, answer: "2xx" };
  const words = `${answer.status} ${answer.said ?? answer.code}: ${answer.message}`;
  if (isRefusal(answer)) return { severity: "problem", says: `refuses to delete ${what}`, request, answer: words };
  if (deletesTags(answer))
    return { severity: "info", says: `looks for ${what} to delete: it can`, request, answer: words };
  return { severity: "info", says: `does not delete ${what} this way`, request, answer: words };
}

function noSuchPath(cause: RegistryError): RegistryError {
  return new RegistryError("UNSUPPORTED", "this registry has no deletion on the path of the specification", {
    cause,
    status: cause.status,
    next: "use the vendor's own interface",
  });
}

function disabled(cause: RegistryError): RegistryError {
  return new RegistryError("UNSUPPORTED", "this registry has deletion disabled", {
    cause,
    status: cause.status,
    next: "enable it there (distribution: storage.delete.enabled, or REGISTRY_STORAGE_DELETE_ENABLED=true; not while it is read-only), or use the vendor's own interface",
  });
}

function lies(): RegistryError {
  return new RegistryError("ANSWER_INVALID", "this registry says that it deleted a manifest that does not exist", {
    next: "something before the registry answers in its place; give tagwise the registry's own address",
  });
}

function cannot(strategy: StrategyName): RegistryError {
  return new RegistryError("UNSUPPORTED", `this registry does not offer the strategy "${strategy}"`, {
    next: "leave --strategy out, and tagwise finds one",
  });
}
