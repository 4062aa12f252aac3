import { type ListedTag, listTags, type TagsEvent } from "../../app/reading/list-tags.ts";
import {
  type TagDocument,
  tagDocument,
  tagDocumentAmong,
  tagDocumentAmongFew,
} from "../../app/reading/tag-document.ts";
import { ordered, type SortKey, sharersByDigest } from "../../app/reading/tag-order.ts";
import { openSession } from "../../app/session.ts";
import { isRefusal, type RegistryError } from "../../registry/errors.ts";
import { unlessAborted } from "../../support/abortable.ts";
import { printable, printableJson } from "../../support/printable.ts";
import { type Context, openContext } from "../context.ts";
import { UsageError } from "../errors.ts";
import { print, printDocument } from "../output.ts";
import { readRepository } from "../references.ts";
import { type Progress, progressLine } from "../render/progress.ts";
import { formatFastTags, formatTags } from "../render/tags.ts";
import type { Said } from "../settings.ts";
import { standardError } from "../streams.ts";

/** `tagwise tags REPOSITORY`: lists tags with their digests, facts and siblings. */
export async function action([word = ""]: readonly string[], flags: Said): Promise<number> {
  if (flags.fast === true && (flags.sort === "created" || flags.sort === "size"))
    throw new UsageError(`--fast reads no ${flags.sort}, by which it could sort`, {
      next: "leave --fast out, or sort by name",
    });
  const context = await openContext(flags);
  return unlessAborted(list(word, flags, context), context.interruption.signal);
}

async function list(word: string, flags: Said, { settings, session, interruption }: Context): Promise<number> {
  const { registry: address, repository } = readRepository(word, settings);
  const fast = flags.fast === true;
  const { shown } = openSession(address, session);
  const name = `${address.host}/${repository}`;
  const options = { concurrency: settings.concurrency, fast, signal: interruption.signal };
  const failures: Failures = { first: undefined, count: 0, of: 0 };
  const tags = noted(listTags(shown, repository, options), { name, failures, progress: progressLine(settings) });
  const isSorted = flags.sort !== undefined || flags.reverse === true;
  if (settings.output === "jsonl") await printLines(isSorted ? sorted(tags, flags) : tags, fast);
  else {
    const all = await sorted(tags, flags);
    await printTogether(all, { name, fast, isWhole: failures.count === 0, ...settings });
  }
  return exitCodeOf(failures);
}

/** How many tags could not be read, of how many, and the first error. */
interface Failures {
  first: RegistryError | undefined;
  count: number;
  of: number;
}

function count({ failure }: ListedTag, failures: Failures): void {
  failures.of++;
  if (failure !== undefined) failures.count++;
  failures.first ??= failure;
}

/** Not 0 where a tag could not be read, so that no script takes an incomplete list for an answer. */
function exitCodeOf({ first, count, of }: Failures): number {
  if (first === undefined) return 0;
  if (count < of) return 3;
  return isRefusal(first) ? 4 : 1;
}

async function sorted(tags: AsyncIterable<ListedTag>, flags: Said): Promise<readonly ListedTag[]> {
  const all: ListedTag[] = [];
  for await (const listed of tags) all.push(listed);
  return ordered(all, { sort: flags.sort as SortKey | undefined, reverse: flags.reverse === true });
}

/** Writes one tag a line as they come, without siblings, which are known only at the end. */
async function printLines(
  tags: AsyncIterable<ListedTag> | Promise<readonly ListedTag[]>,
  fast: boolean,
): Promise<void> {
  for await (const listed of "then" in tags ? await tags : tags) {
    if (!(await print(`${printableJson(tagDocument(listed, { fast }))}\n`))) return;
  }
}

interface Shown {
  readonly name: string;
  readonly fast: boolean;
  /** False where a tag could not be read: it may share any of the manifests, so no list of siblings is known. */
  readonly isWhole: boolean;
  readonly output: "text" | "json" | "jsonl";
  readonly quiet: boolean;
}

async function printTogether(tags: readonly ListedTag[], shown: Shown): Promise<void> {
  const { name, output, quiet } = shown;
  if (output === "json") return printDocument({ repository: name }, "tags", documentsOf(tags, shown));
  if (tags.length > 0) await print(`${formatted(tags, shown)}\n`);
  else if (!quiet) standardError().write(`${printable(name)} has no tags.\n`);
}

/**
 * Makes documents one by one: where thousands of tags share a manifest, all their lists of siblings would not fit into
 * memory.
 */
function* documentsOf(tags: readonly ListedTag[], { fast, isWhole }: Shown): Generator<TagDocument> {
  const sharers = sharersIn(tags, isWhole);
  for (const listed of tags) {
    const sharing = listed.digest && sharers.get(listed.digest);
    yield fast ? tagDocument(listed, { fast }) : tagDocumentAmong(listed, sharing);
  }
}

function sharersIn(tags: readonly ListedTag[], isWhole: boolean): ReturnType<typeof sharersByDigest> {
  return isWhole ? sharersByDigest(tags) : new Map();
}

function formatted(tags: readonly ListedTag[], { fast, isWhole }: Shown): string {
  if (fast) return formatFastTags(tags.map((listed) => tagDocument(listed, { fast })));
  const sharers = sharersIn(tags, isWhole);
  const shown = tags.map((listed) => tagDocumentAmongFew(listed, listed.digest && sharers.get(listed.digest)));
  return formatTags(shown, { now: new Date() });
}

/** The most notes that are shown; further ones are only counted. */
const mostNotes = 20;

interface Noting {
  readonly name: string;
  readonly failures: Failures;
  readonly progress: Progress;
}

/** Passes the tags on, shows the progress, and notes and counts what could not be read. */
async function* noted(
  events: AsyncIterable<TagsEvent>,
  { name, failures, progress }: Noting,
): AsyncGenerator<ListedTag> {
  let names = 0;
  let notes = 0;
  for await (const event of events) {
    if (event.kind === "names") {
      names += event.tags.length;
      progress.show({ subject: name, doing: `listing tags, ${names} so far`, done: 0, total: 1 });
    } else if (event.kind === "note") {
      if (++notes <= mostNotes) progress.note(`${name}:${event.tag}`, event.says);
    } else {
      progress.show({ subject: name, doing: "reading tags", done: event.done, total: event.total });
      if (event.done === event.total) progress.clear();
      count(event.listed, failures);
      yield event.listed;
    }
  }
  progress.clear();
  if (notes > mostNotes) progress.note(name, `${notes - mostNotes} more could not be read`);
}
