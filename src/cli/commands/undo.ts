import { exitCodeOf, removalDocument } from "../../app/removing/removal-document.ts";
import { findUndoable, type TagName, undoRemoval } from "../../app/removing/undo-removal.ts";
import { openSession } from "../../app/session.ts";
import { isUlid } from "../../support/ulid.ts";
import { UsageError } from "../errors.ts";
import { openJournalledContext } from "../journalled-context.ts";
import { answerWithList } from "../output.ts";
import { readReference } from "../references.ts";
import { progressLine } from "../render/progress.ts";
import { formatRemoval } from "../render/removal.ts";
import { duration, type Said, type Settings } from "../settings.ts";

/** `tagwise undo [OPERATION] [REFERENCE…]`: does not ask, since it overwrites later pushes only with --force. */
export async function action(words: readonly string[], flags: Said): Promise<number> {
  const wait = duration("wait", flags.wait ?? "30s");
  const context = await openJournalledContext(flags, { leftTo: "tagwise recover", readsJournal: true });
  const { settings, interruption, folders, clock } = context;
  const operation = words.find(isUlid);
  const names = words.filter((word) => word !== operation).map((word) => nameOf(word, settings));
  const request = await findUndoable(context, { operation, names });
  const address = request.operation.registry;
  const session = openSession(address, context.session);
  const progress = progressLine(settings);
  const began = clock.ticks();
  const reports = await undoRemoval(session, request, {
    ...context,
    locks: folders.locks,
    force: flags.force === true,
    wait,
    concurrency: settings.concurrency,
    emit: progress.emit,
    signal: interruption.signal,
  });
  progress.clear();
  const milliseconds = Math.round(clock.ticks() - began);
  const document = removalDocument(address, {
    operation: request.operation.operation,
    dryRun: false,
    reports,
    requests: session.requests(),
    milliseconds,
  });
  await answerWithList(settings, document, { list: "tags" }, formatRemoval);
  const interrupted = interruption.exitCode();
  if (interrupted !== undefined) return exitCodeOf(document, { interrupted });
  const outcomes = document.tags.map(({ outcome }) => outcome);
  if (outcomes.every((outcome) => outcome === "restored")) return 0;
  return outcomes.includes("restored") ? 3 : exitCodeOf(document);
}

function nameOf(word: string, settings: Settings): TagName {
  if (/^[0-9A-Z]+$/.test(word)) throw neither(word); // part of an operation's name: no reference consists of capitals
  const { registry, repository, tag, digest } = readReference(word, settings);
  if (tag === undefined) throw neither(word);
  return { host: registry.host, repository, tag, ...(digest !== undefined && { digest }) };
}

function neither(word: string): UsageError {
  return new UsageError(`${JSON.stringify(word)} is neither an operation nor a tag`, {
    next: "write an operation in full, as tagwise history shows it, or HOST[:PORT]/REPOSITORY:TAG",
  });
}
