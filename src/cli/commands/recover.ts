import process from "node:process";
import {
  cutOffOperations,
  foundRemnants,
  journalledRemnants,
  type RecoverOptions,
  type Remnant,
} from "../../app/find-remnants.ts";
import { recoverAll } from "../../app/recover-operations.ts";
import { exitCodeOf, type RemovalDocument, removalDocument } from "../../app/removal-document.ts";
import { openSession } from "../../app/session.ts";
import type { RegistryAddress } from "../../registry/reference.ts";
import { printable } from "../../support/printable.ts";
import type { RepositoryReport } from "../../untag/carry-out.ts";
import { confirm } from "../confirm.ts";
import { type Context, openContext } from "../context.ts";
import { answer } from "../output.ts";
import { readPrefix } from "../references.ts";
import { type Progress, progressLine } from "../render/progress.ts";
import { formatRemoval } from "../render/removal.ts";
import { duration, type Said } from "../settings.ts";

interface Place {
  readonly address: RegistryAddress;
  /** Set where the registry itself is searched, not only the journal. */
  readonly prefix?: string;
}

/** `tagwise recover [HOST[/PREFIX]]` */
export async function action([word]: readonly string[], flags: Said): Promise<number> {
  const context = await openContext(flags);
  const { settings, interruption, clock } = context;
  const progress = progressLine(settings);
  const began = clock.ticks();
  const places = await placesOf(word, context);
  const recovered: Recovered[] = [];
  for (const place of places) recovered.push(await recoverAt(place, { context, flags, progress }));
  progress.clear();
  const remnants = recovered.flatMap((one) => one.remnants);
  const document = removalDocument(places[0]?.address ?? { host: "" }, {
    operation: remnants.length === 1 ? (remnants[0]?.operation?.operation ?? null) : null,
    dryRun: flags.dryRun === true,
    reports: recovered.flatMap((one) => one.reports),
    requests: recovered.reduce((sum, one) => sum + one.requests, 0),
    milliseconds: Math.round(clock.ticks() - began),
  });
  answer(settings, document, (removal, style) =>
    remnants.length === 0 ? "Nothing is left to recover." : formatRemoval(removal, style),
  );
  return exitCode(document, remnants, interruption.exitCode());
}

/** 0 where nothing is left. */
function exitCode(document: RemovalDocument, remnants: readonly Remnant[], interrupted: 130 | 143 | undefined): number {
  const code = exitCodeOf(document, { interrupted });
  if (code === 5 || code === interrupted) return code;
  const isLeft =
    remnants.some(({ operation }) => operation === undefined) ||
    document.tags.some(({ outcome }) => outcome === "refused" || outcome === "failed");
  return isLeft ? 3 : 0;
}

interface Recovered {
  readonly remnants: readonly Remnant[];
  readonly reports: readonly RepositoryReport[];
  readonly requests: number;
}

interface Around {
  readonly context: Context;
  readonly flags: Said;
  readonly progress: Progress;
}

async function recoverAt({ address, prefix }: Place, { context, flags, progress }: Around): Promise<Recovered> {
  const options = { ...optionsFrom(context, flags), emit: progress.emit };
  const session = openSession(address, context.session);
  const operations = await cutOffOperations(context, address.host);
  const journalled = await journalledRemnants(session, operations, options);
  const found = prefix === undefined ? [] : await foundRemnants(session, prefix, operations, options);
  const remnants = [...journalled, ...found];
  progress.clear();
  if (!context.settings.quiet)
    for (const remnant of remnants) process.stderr.write(`${formatRemnant(address, remnant)}\n`);
  if (flags.dryRun === true || remnants.every(({ operation }) => operation === undefined)) {
    return { remnants, reports: [], requests: session.requests() };
  }
  await confirm(options.rollback ? "Put the originals back?" : "Finish the removal of these tags?", {
    yes: flags.yes === true,
  });
  const reports = await recoverAll(session, remnants, options);
  return { remnants, reports, requests: session.requests() };
}

function optionsFrom(context: Context, flags: Said): Omit<RecoverOptions, "emit"> {
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

/** The named registry, or every registry on which the journal has something open. */
async function placesOf(word: string | undefined, context: Context): Promise<readonly Place[]> {
  if (word !== undefined) {
    const { registry, prefix } = readPrefix(word, context.settings);
    return [{ address: registry, prefix }];
  }
  const operations = await cutOffOperations(context);
  const byHost = new Map(operations.map(({ registry }) => [registry.host, registry]));
  return [...byHost.values()].map((address) => ({ address }));
}

function formatRemnant({ host }: RegistryAddress, { repository, tags, what }: Remnant): string {
  const some = tags.length > 5 ? `${tags.slice(0, 5).join(", ")} and ${tags.length - 5} more` : tags.join(", ");
  return printable(`${host}/${repository}: ${some}: ${what}`);
}
