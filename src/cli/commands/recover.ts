import {
  cutOffOperations,
  foundRemnants,
  journalledRemnants,
  type RecoverOptions,
  type Remnant,
} from "../../app/removing/find-remnants.ts";
import { recoverAll } from "../../app/removing/recover-operations.ts";
import { plannedReports, unrecoveredReports } from "../../app/removing/recovery-reports.ts";
import {
  exitCodeOf,
  joinedDocument,
  type RemovalDocument,
  removalDocument,
} from "../../app/removing/removal-document.ts";
import { openSession, type Session } from "../../app/session.ts";
import { RegistryError } from "../../registry/errors.ts";
import type { RegistryAddress } from "../../registry/reference.ts";
import { unlessAborted } from "../../support/abortable.ts";
import { few } from "../../support/few.ts";
import { printable } from "../../support/printable.ts";
import type { Operation } from "../../untag/journal/journal.ts";
import { interrupted } from "../../untag/outcome.ts";
import type { RepositoryReport } from "../../untag/report.ts";
import { confirm } from "../confirm.ts";
import { Interrupted } from "../interruption.ts";
import { journalFlag } from "../journal-flag.ts";
import { type JournalledContext, openJournalledContext } from "../journalled-context.ts";
import { answerWithList } from "../output.ts";
import { readPrefix } from "../references.ts";
import { type Progress, progressLine } from "../render/progress.ts";
import { formatRemoval } from "../render/removal.ts";
import { duration, type Said } from "../settings.ts";
import { standardError } from "../streams.ts";

interface Place {
  readonly address: RegistryAddress;
  /** Set where the registry itself is searched, not only the journal. */
  readonly prefix?: string;
}

/**
 * `tagwise recover [HOST[/PREFIX]]`: finishes or rolls back what was cut off; with HOST it also searches the registry
 * for decoys.
 */
export async function action([word]: readonly string[], flags: Said): Promise<number> {
  const context = await openJournalledContext(flags, { leftTo: "tagwise recover" });
  const { settings, interruption, clock } = context;
  const progress = progressLine(settings);
  const began = clock.ticks();
  const places = await placesOf(word, context);
  const recovered: Recovered[] = [];
  for (const place of places) {
    recovered.push(await recoverAt(place, { context, flags, progress, isOne: places.length === 1 }));
  }
  progress.clear();
  const { unreadable } = await context.journal.list();
  for (const { file, why } of unreadable) {
    progress.note(file, `cannot be read: ${why}; whether something is left of it, tagwise recover HOST finds out`);
  }
  const remnants = recovered.flatMap((one) => one.remnants);
  const document = joinedDocument(
    recovered.map((one) => one.document),
    {
      operation: remnants.length === 1 ? (remnants[0]?.operation?.operation ?? null) : null,
      dryRun: flags.dryRun === true,
      milliseconds: Math.round(clock.ticks() - began),
    },
  );
  await answerWithList(settings, document, { list: "tags" }, (removal, style) =>
    remnants.some(({ mayBeReal }) => !mayBeReal) || removal.tags.length > 0
      ? formatRemoval(removal, style, journalFlag(flags))
      : unreadable.length === 0
        ? "Nothing is left to recover."
        : "Nothing is left to recover of what can be read.",
  );
  const isRollback = flags.rollback === true;
  return exitCode(document, { remnants, unreadable, isRollback }, interruption.exitCode());
}

interface Left {
  readonly remnants: readonly Remnant[];
  readonly unreadable: readonly unknown[];
  /** True where tags were to be put back; else those that were have not been removed as asked. */
  readonly isRollback: boolean;
}

/** 0 where nothing is left to recover, 3 where something is, 4 where all was refused, as `rm` where it was put back. */
function exitCode(
  document: RemovalDocument,
  { remnants, unreadable, isRollback }: Left,
  interrupted: 130 | 143 | undefined,
): number {
  const code = exitCodeOf(document, { interrupted });
  if (code === 5 || code === interrupted) return code;
  const outcomes = document.tags.map(({ outcome }) => outcome);
  if (!isRollback && outcomes.includes("restored")) return code;
  if (outcomes.length > 0 && outcomes.every((outcome) => outcome === "refused")) return 4;
  const isLeft =
    unreadable.length > 0 ||
    remnants.some(({ operation, mayBeReal }) => operation === undefined && !mayBeReal) ||
    outcomes.some((outcome) => ["planned", "refused", "failed"].includes(outcome));
  return isLeft ? 3 : 0;
}

interface Recovered {
  readonly remnants: readonly Remnant[];
  readonly document: RemovalDocument;
}

interface Around {
  readonly context: JournalledContext;
  readonly flags: Said;
  readonly progress: Progress;
  /**
   * False where there are several registries: then a failure of one is reported and does not hide the others' results.
   */
  readonly isOne: boolean;
}

async function recoverAt({ address, prefix }: Place, around: Around): Promise<Recovered> {
  const { context, flags, isOne } = around;
  const session = openSession(address, context.session);
  const operations = await cutOffOperations(context, { host: address.host, prefix });
  const end = (remnants: readonly Remnant[], reports: readonly RepositoryReport[]): Recovered => {
    const ended = { operation: null, dryRun: flags.dryRun === true, requests: session.requests(), milliseconds: 0 };
    return { remnants, document: removalDocument(address, { ...ended, reports }) };
  };
  try {
    const remnants = await findRemnants(session, { operations, prefix }, around);
    return end(remnants, await recover(session, remnants, around));
  } catch (error) {
    if (isOne || !(error instanceof RegistryError || error instanceof Interrupted)) throw error;
    const left = await cutOffOperations(context, { host: address.host, prefix }); // fewer, where some were finished first
    return end([], unrecoveredReports(left, error instanceof Interrupted ? interrupted : error));
  }
}

interface Known {
  readonly operations: readonly Operation[];
  readonly prefix: string | undefined;
}

async function findRemnants(
  session: Session,
  { operations, prefix }: Known,
  { context, flags, progress }: Around,
): Promise<readonly Remnant[]> {
  const options = { ...optionsFrom(context, flags), emit: progress.emit };
  const find = async () => [
    ...(await journalledRemnants(session, operations, options)),
    ...(prefix === undefined ? [] : await foundRemnants(session, prefix, operations, options)),
  ];
  const remnants = await unlessAborted(find(), context.interruption.signal);
  progress.clear();
  if (!context.settings.quiet)
    for (const remnant of remnants) standardError().write(`${formatRemnant(session.address, remnant)}\n`);
  return remnants;
}

async function recover(
  session: Session,
  remnants: readonly Remnant[],
  { context, flags, progress }: Around,
): Promise<readonly RepositoryReport[]> {
  if (flags.dryRun === true) return plannedReports(remnants);
  if (remnants.every(({ operation }) => operation === undefined)) return [];
  const options = { ...optionsFrom(context, flags), emit: progress.emit };
  await confirm(options.rollback ? "Put the originals back?" : "Finish the removal of these tags?", {
    yes: flags.yes === true,
  });
  return recoverAll(session, remnants, options);
}

function optionsFrom(context: JournalledContext, flags: Said): Omit<RecoverOptions, "emit"> {
  const { settings, folders, interruption } = context;
  return {
    ...context,
    locks: folders.locks,
    rollback: flags.rollback === true,
    wait: duration("wait", flags.wait ?? "30s"),
    concurrency: settings.concurrency,
    signal: interruption.signal,
  };
}

/** The named registry, or else every registry with an open operation in the journal. */
async function placesOf(word: string | undefined, context: JournalledContext): Promise<readonly Place[]> {
  if (word !== undefined) {
    const { registry, prefix } = readPrefix(word, context.settings);
    return [{ address: registry, prefix }];
  }
  const operations = await cutOffOperations(context);
  const byHost = new Map(operations.map(({ registry }) => [registry.host, registry]));
  return [...byHost.values()].map((address) => ({ address }));
}

function formatRemnant({ host }: RegistryAddress, { repository, tags, what }: Remnant): string {
  return printable(`${host}/${repository}: ${tags.length === 0 ? "" : `${few(tags, 5)}: `}${what}`);
}
