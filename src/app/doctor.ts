import { errorOf, hasCode, inWords, isPassing, isRefusal, RegistryError } from "../registry/errors.ts";
import { describe, isSchema1 } from "../registry/image.ts";
import { parseRepositoryName, type RepositoryName } from "../registry/names.ts";
import type { Clock } from "../support/clock.ts";
import { strategies } from "../untag/carry-out.ts";
import type { Emit } from "../untag/events.ts";
import type { Fingerprint } from "../untag/fingerprint.ts";
import { type Journal, unwritable } from "../untag/journal/journal.ts";
import { knownBugsOf } from "../untag/known-bugs.ts";
import type { StrategyName } from "../untag/outcome.ts";
import { type Capability, type Deletion, type Finding, probe } from "../untag/probe.ts";
import { rehearse } from "../untag/rehearsal.ts";
import { nowhereOf } from "./removing/plan-removal.ts";
import type { Session } from "./session.ts";

/** What a registry is and allows, as JSON for scripts. */
export interface DoctorDocument {
  readonly registry: string;
  /** The repository that was asked about. */
  readonly repository: string;
  readonly kind: string;
  readonly version: string | null;
  readonly deletion: Deletion;
  readonly strategy: string | null;
  /** Whether the strategy removes the named tag alone, by tests or by a rehearsal; null where that is not known. */
  readonly exact: boolean | null;
  readonly catalog: boolean;
  readonly findings: readonly Finding[];
}

/** How thoroughly a registry is examined. */
export interface DoctorOptions {
  readonly repository: RepositoryName | undefined;
  /** True to try the strategy on scratch tags; otherwise nothing is changed. */
  readonly rehearse: boolean;
  readonly journal: Journal;
  readonly host: string;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly concurrency: number;
  readonly emit: Emit;
  /** Stops before a rehearsal is begun; one that was begun cleans up first. */
  readonly signal?: AbortSignal;
}

/** Finds out what a registry is and allows, with the request and answer that prove each finding. */
export async function examine(session: Session, options: DoctorOptions): Promise<DoctorDocument> {
  const greeting = await session.fingerprint();
  const catalog = await readCatalog(session);
  const repository = options.repository ?? catalog.first ?? parseRepositoryName("tagwise/nowhere");
  const capability = await probe(session.registry, repository, {
    fingerprint: greeting,
    nowhere: nowhereOf(options.random),
    clock: options.clock,
    retries: session.retries,
  });
  options.signal?.throwIfAborted();
  const { fingerprint, deletion, exact, refusal } = capability;
  const noPush = capability.strategy === "decoy" ? await writingRefused(session, repository) : undefined;
  const strategy = noPush === undefined ? capability.strategy : undefined;
  const tried =
    options.rehearse && strategy !== undefined ? await tryOut(session, repository, strategy, options) : undefined;
  const findings = [
    kindFinding(greeting, capability),
    catalog.finding,
    ...capability.findings,
    ...(refusal === undefined ? [] : [problem(refusal)]),
    ...(noPush === undefined ? [] : [noPush]),
    ...(tried === undefined ? [] : [tried.finding]),
    ...knownBugsOf(fingerprint).map(({ severity, says }) => {
      return { severity, says, request: "known of this kind", answer: fingerprint.kind };
    }),
  ];
  return {
    registry: session.address.host,
    repository,
    kind: fingerprint.kind,
    version: fingerprint.version ?? null,
    deletion,
    strategy: strategy ?? null,
    exact: tried?.passed ?? (exact ? true : null),
    catalog: catalog.works,
    findings,
  };
}

/** The finding that names the kind: its proof is the greeting, or else the first probe. */
function kindFinding({ kind }: Fingerprint, { fingerprint, findings }: Capability): Finding {
  const proof =
    kind === fingerprint.kind
      ? { request: "GET /v2/", answer: fingerprint.because }
      : { request: findings[0]?.request ?? "", answer: findings[0]?.answer ?? "" };
  return {
    severity: "info",
    says: `this is ${fingerprint.kind === "unknown" ? "no registry that tagwise knows" : fingerprint.kind}: ${fingerprint.because}`,
    ...proof,
  };
}

/** Pushes a manifest that is there under its own digest, which changes nothing: a decoy needs the right to push. */
async function writingRefused({ registry }: Session, repository: RepositoryName): Promise<Finding | undefined> {
  const [tag] = await registry.listTags(repository, { limit: 1 }).then(
    ({ items }) => items,
    () => [],
  );
  const manifest = tag && (await registry.getManifest(repository, tag).catch(() => undefined));
  if (manifest === undefined || isSchema1(manifest.mediaType)) return undefined;
  const { digest } = describe(manifest);
  const error = await errorOf(registry.putManifest(repository, digest, manifest), isRefusal).catch(() => undefined);
  if (error === undefined) return undefined;
  const [request, answer] = [
    `PUT /v2/${repository}/manifests/${digest}`,
    `${error.status} ${error.said ?? error.code}`,
  ];
  return {
    severity: "problem",
    says: "refuses a push, and without the right to push no tag can be removed",
    request,
    answer,
  };
}

interface Catalog {
  readonly works: boolean;
  readonly first: RepositoryName | undefined;
  readonly finding: Finding;
}

async function readCatalog({ registry }: Session): Promise<Catalog> {
  const request = "GET /v2/_catalog?n=1";
  try {
    const { items } = await registry.listRepositories({ limit: 1 });
    return {
      works: true,
      first: items[0],
      finding: {
        severity: "info",
        says: "lists its repositories",
        request,
        answer: `200, ${items.length === 0 ? "none" : `"${items[0]}" first`}`,
      },
    };
  } catch (error) {
    if (!(error instanceof RegistryError) || isPassing(error)) throw error;
    return {
      works: false,
      first: undefined,
      finding: {
        severity: "warning",
        says: `does not list its repositories${hasCode(error, "UNAUTHORIZED") ? " to everybody" : ": name them"}`,
        request,
        answer: isAnswered(error) ? `${error.status} ${error.message}` : error.message,
      },
    };
  }
}

/** False where no answer came, so that the status is our own. */
function isAnswered(error: RegistryError): boolean {
  return !hasCode(error, "ANSWER_INVALID", "UNREACHABLE", "LOST");
}

function problem(error: RegistryError): Finding {
  const { status, code } = error;
  return {
    severity: "problem",
    says: inWords(error),
    request: "the requests above",
    answer: isAnswered(error) ? `${status} ${code}` : code,
  };
}

async function tryOut(
  session: Session,
  repository: RepositoryName,
  strategy: StrategyName,
  options: DoctorOptions,
): Promise<{ passed: boolean; finding: Finding }> {
  const { journal, clock, random } = options;
  const chosen = strategies[strategy];
  const operation = await journal.name(clock.now(), random(16)).catch(unwritable);
  const { address, registry } = session;
  const intent = {
    operation,
    at: clock.now(),
    registry: address,
    repositories: [{ repository, strategy: chosen.name, tags: [], siblings: new Map() }],
    manifests: new Map(),
  };
  await journal.begin(intent).catch(unwritable);
  const failed = await rehearse(
    { ...options, registry, repository, operation, record: (step) => journal.record(operation, step) },
    chosen,
  );
  const left = failed?.left ?? [];
  // while scratch tags are left behind, the operation stays open for `recover`
  if (left.length === 0) await journal.record(operation, { step: "closed", state: "rolled-back" });
  const says =
    failed === undefined
      ? "removed one of two scratch tags, and the other stood"
      : `the rehearsal failed: ${failed.reason}${left.length === 0 ? "" : `; it left ${left.join(", ")}`}`;
  const request = `${chosen.name} on two scratch tags of one manifest in ${repository}`;
  return {
    passed: failed === undefined,
    finding: {
      severity: failed === undefined ? "info" : "problem",
      says,
      request,
      answer: failed?.reason ?? "as it should be",
    },
  };
}
