import { inspectManifest } from "../../app/reading/inspect-manifest.ts";
import { listRepositories } from "../../app/reading/list-repositories.ts";
import { readTags } from "../../app/reading/list-tags.ts";
import { isGap, type ManifestReader, manifestReader } from "../../app/reading/manifest-reader.ts";
import type { Session } from "../../app/session.ts";
import { hasCode } from "../../registry/errors.ts";
import type { RepositoryName, Tag } from "../../registry/names.ts";
import { everyPage } from "../../registry/pages.ts";
import { asCompleted } from "../../support/as-completed.ts";
import type { Effect } from "../message.ts";
import type { ReadRow } from "../model/book.ts";
import { type Trouble, troubleOf } from "../model/trouble.ts";
import { logLine, type Surroundings, startJob, stopJob, whileWanted } from "./surroundings.ts";

type LookEffect = Extract<Effect, { do: "look" }>;
type ScanEffect = Extract<Effect, { do: "scan" }>;

/** Reads what is shown; each new request cancels the one before of its kind. */
export interface Reading {
  repositories(): void;
  tags(repository: RepositoryName): void;
  look(look: LookEffect): void;
  scan(scan: ScanEffect): void;
  /** Cancels all requests, because the registry was left. */
  stop(): void;
}

/** Milliseconds for which the cursor must rest before what is under it is read. */
const rest = 80;

/** Makes the readers of one UI; their answers go to `tell`. */
export function reading(around: Surroundings): Reading {
  const { track } = around;
  const asked = { repositories: new AbortController(), tags: new AbortController(), look: new AbortController() };
  let timer: NodeJS.Timeout | undefined;
  let rested = () => {};
  const scans = new Set<number>();
  const readers = readersOf(around);

  function instead(which: keyof typeof asked): AbortSignal {
    asked[which].abort();
    asked[which] = new AbortController();
    return asked[which].signal;
  }
  function cancelTimer(): void {
    clearTimeout(timer);
    rested();
  }
  return {
    repositories() {
      const signal = instead("repositories");
      track(readRepositories(whileWanted(around, signal), signal));
    },
    tags(repository) {
      cancelTimer();
      instead("look");
      readers.clear();
      const signal = instead("tags");
      track(readNames(whileWanted(around, signal), repository, signal));
    },
    look(look) {
      cancelTimer();
      const signal = instead("look");
      if (look.tag === undefined && look.rows.length === 0) return;
      const begin = () => lookAt(whileWanted(around, signal), look, { signal, reader: readers.of(look.repository) });
      track(
        new Promise<void>((resolve) => {
          rested = resolve;
          timer = setTimeout(() => resolve(begin()), rest);
        }),
      );
    },
    scan(scan) {
      scans.add(scan.job);
      startJob(around, scan.job, (signal) => readTagsOf(whileWanted(around, signal), scan, signal));
    },
    stop() {
      cancelTimer();
      for (const which of ["repositories", "tags", "look"] as const) instead(which);
      for (const job of scans) stopJob(around, job);
      scans.clear();
      readers.clear();
    },
  };
}

async function readTagsOf(
  { tell, connection, world }: Surroundings,
  { job, repository, tags, withFacts }: ScanEffect,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  const options = { concurrency: world.concurrency, fast: !withFacts, signal };
  for await (const { listed } of readTags(connection().session.shown, { repository, tags }, options)) {
    tell({ is: "rows", repository, rows: [listed] });
    tell({ is: "progress", job, doing: withFacts ? "reading" : "scanning", done: ++done, total: tags.length });
  }
}

/** Keeps one reader for each repository, which reads each manifest once. */
function readersOf({ world, connection }: Surroundings): {
  of(repository: RepositoryName): ManifestReader;
  clear(): void;
} {
  const readers = new Map<RepositoryName, ManifestReader>();
  return {
    of(repository) {
      const known = readers.get(repository);
      if (known !== undefined) return known;
      const reader = manifestReader(connection().session.shown, repository, { concurrency: world.concurrency });
      readers.set(repository, reader);
      return reader;
    },
    clear: () => readers.clear(),
  };
}

async function readRepositories(around: Surroundings, signal: AbortSignal): Promise<void> {
  const { tell } = around;
  try {
    const { session, user } = around.connection();
    for await (const names of listRepositories(session.registry, { signal })) tell({ is: "repositories", names });
    tell({ is: "repositories-end" });
    tell({ is: "registry", user: user(), kind: (await session.fingerprint()).kind });
  } catch (error) {
    tell({ is: "repositories-end", trouble: catalogTroubleOf(error) });
    if (hasCode(error, "UNAUTHORIZED"))
      tell({ is: "login-wanted", refused: around.connection().user() !== undefined, isForCatalog: true });
  }
}

/** The trouble with the catalog; where it is refused, the next step is to name a repository. */
function catalogTroubleOf(error: unknown): Trouble {
  const isRefused = hasCode(error, "UNSUPPORTED", "DENIED", "UNAUTHORIZED");
  return { ...troubleOf(error), ...(isRefused && { next: "o names a repository of this registry" }) };
}

const longPage = 5_000;
const shownFirst = 500;
/** Milliseconds in which the screen is drawn. */
const untilDrawn = 5;

async function readNames(around: Surroundings, repository: RepositoryName, signal: AbortSignal): Promise<void> {
  const { tell } = around;
  try {
    const { session, user } = around.connection();
    const first = await session.registry.listTags(repository, { signal });
    if (first.items.length > longPage) {
      // a screenful is drawn before a hundred thousand names are checked for duplicates
      tell({ is: "tags", repository, names: first.items.slice(0, shownFirst) });
      await around.world.clock.sleep(untilDrawn);
    }
    let isFirst = true;
    const pages = everyPage(async (page) =>
      page === undefined ? first : session.registry.listTags(repository, { ...page, signal }),
    );
    for await (const names of pages) {
      if (signal.aborted) return;
      tell({ is: "tags", repository, names, isAnew: isFirst });
      isFirst = false;
    }
    tell({ is: "tags-end", repository });
    tell({ is: "registry", user: user() });
  } catch (error) {
    tell({ is: "tags-end", repository, trouble: troubleOf(error) });
    if (hasCode(error, "UNAUTHORIZED")) tell({ is: "login-wanted", refused: around.connection().user() !== undefined });
  }
}

interface Looking {
  readonly signal: AbortSignal;
  readonly reader: ManifestReader;
}

/** Reads the tag under the cursor first, then the others in sight. */
async function lookAt(
  around: Surroundings,
  { repository, tag, isTagRead, rows }: LookEffect,
  { signal, reader }: Looking,
): Promise<void> {
  const { tell, world } = around;
  const { session } = around.connection();
  try {
    if (signal.aborted) return;
    if (tag !== undefined && !isTagRead) await inspect(around, session, { repository, tag, signal });
    const others = rows.filter((row) => row !== tag);
    const read = (row: Tag) => readRow(session, reader, { repository, tag: row });
    for await (const row of asCompleted(others, read, { concurrency: world.concurrency, signal })) {
      tell({ is: "rows", repository, rows: [row] });
    }
  } catch (error) {
    tell(logLine(error));
  }
}

interface Inspected {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly signal: AbortSignal;
}

async function inspect(
  { tell, world }: Surroundings,
  session: Session,
  { repository, tag, signal }: Inspected,
): Promise<void> {
  try {
    const options = { concurrency: world.concurrency, signal, scan: false };
    const inspection = await inspectManifest(session, { repository, reference: tag }, options);
    tell({ is: "inspected", repository, tag, inspection });
  } catch (error) {
    tell({ is: "inspected", repository, tag, trouble: troubleOf(error) });
    if (!isGap(error)) throw error;
    tell({ is: "rows", repository, rows: [{ tag, digest: undefined }] });
  }
}

async function readRow(
  { registry }: Session,
  reader: ManifestReader,
  { repository, tag }: Omit<Inspected, "signal">,
): Promise<ReadRow> {
  try {
    const { digest } = await registry.resolve(repository, tag);
    return { tag, digest, facts: await reader.facts(digest) };
  } catch (error) {
    if (!isGap(error)) throw error;
    return { tag, digest: undefined };
  }
}
