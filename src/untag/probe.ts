import { errorOf, isAbsent, isPassing, isRefusal, RegistryError } from "../registry/errors.ts";
import type { Digest, RepositoryName, Tag } from "../registry/names.ts";
import type { Registry } from "../registry/registry.ts";
import type { Clock } from "../support/clock.ts";
import { type Fingerprint, isProvenExact, refineByTagDeletion } from "./fingerprint.ts";
import type { StrategyName } from "./outcome.ts";
import { limitedPatience, patiently } from "./patience.ts";

/** One conclusion about a registry, with the request and answer that prove it. */
export interface Finding {
  readonly severity: "info" | "warning" | "problem";
  readonly says: string;
  readonly request: string;
  readonly answer: string;
}

/** What a registry says to deletions: `disabled` is a 405 or the like, `denied` a refusal (401, 403, 409, 412, 423). */
export type Deletion = "allowed" | "disabled" | "denied" | "unknown";

/** What a registry allows in one repository, found out without changing anything. */
export interface Capability {
  readonly fingerprint: Fingerprint;
  readonly deletion: Deletion;
  /** Undefined where no tag can be removed; `refusal` then says why. */
  readonly strategy?: StrategyName;
  readonly refusal?: RegistryError;
  /** True where tests against the real server have proven that the strategy removes the named tag alone. */
  readonly exact: boolean;
  readonly findings: readonly Finding[];
}

/** What a probe needs besides the registry and the repository. */
export interface ProbeOptions {
  readonly fingerprint: Fingerprint;
  /** A tag and a digest that cannot exist: random, see `nowhereOf`. */
  readonly nowhere: { readonly tag: Tag; readonly digest: Digest };
  /** The only strategy allowed; without it, the best that the registry offers. */
  readonly wanted?: StrategyName;
  /** With a clock, unanswered probes are sent again: they delete what does not exist, so that is harmless. */
  readonly clock?: Clock;
  /** How often each is sent again at the most; undefined for as often as time allows. */
  readonly retries?: number | undefined;
}

/** The result of the probes, without the findings. */
type Conclusion = Pick<Capability, "fingerprint" | "deletion" | "strategy" | "refusal">;

/**
 * Requests one deletion of something that does not exist; resolves to the error, or undefined where the registry claims
 * success.
 */
type Ask = (path: string, what: string, request: () => Promise<void>) => Promise<RegistryError | undefined>;

type Deletes = Pick<Registry, "deleteTag" | "deleteManifest">;
type Asking = ProbeOptions & { readonly ask: Ask };

/**
 * Finds a strategy by deleting things that do not exist, in one to three requests; after a refusal no other way is
 * tried.
 */
export async function probe(registry: Deletes, repository: RepositoryName, options: ProbeOptions): Promise<Capability> {
  const findings: Finding[] = [];
  const ask: Ask = async (path, what, request) => {
    const { clock, retries } = options;
    const asked = () => answerOf(request());
    const refusal = await (clock === undefined
      ? asked()
      : patiently(limitedPatience({ clock, ...(retries !== undefined && { retries }) }), asked));
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

/** Tries GitLab's older path; undefined where that is not offered and the decoy is to be tried next. */
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

/** True for the statuses by which registries say that they do not offer this deletion; a 500 says nothing. */
function isNotOffered({ status }: RegistryError): boolean {
  return [400, 404, 405, 406, 501].includes(status);
}

function deletesTags(answer: RegistryError | undefined): boolean {
  return answer === undefined || looksForIt(answer);
}

/**
 * True for a 404 with an error code: the registry looked for the thing. A 404 without one comes from a web server's
 * router.
 */
function looksForIt(answer: RegistryError): boolean {
  return isAbsent(answer) && answer.said !== undefined;
}

function mayHaveOlderPath({ kind }: Fingerprint): boolean {
  return kind === "gitlab" || kind === "unknown";
}

/** The answer of a registry that answers at all. */
function answerOf(request: Promise<void>): Promise<RegistryError | undefined> {
  return errorOf(request, (error) => !isPassing(error) && error.code !== "ANSWER_INVALID");
}

function findingOf(request: string, what: string, answer: RegistryError | undefined): Finding {
  if (answer === undefined)
    return { severity: "warning", says: `says that it deleted ${what} that does not exist`, request, answer: "2xx" };
  const words = `${answer.status} ${answer.said ?? answer.code}: ${answer.message}`;
  if (isRefusal(answer)) return { severity: "problem", says: `refuses to delete ${what}`, request, answer: words };
  if (deletesTags(answer))
    return { severity: "info", says: `deletes ${what}: it looked for one that does not exist`, request, answer: words };
  return { severity: "info", says: `cannot delete ${what} this way`, request, answer: words };
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
