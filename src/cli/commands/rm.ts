import process from "node:process";
import { text } from "node:stream/consumers";
import type { RemovalRequest } from "../../app/removing/plan-removal.ts";
import { exitCodeOf, removalDocument } from "../../app/removing/removal-document.ts";
import { removeTags } from "../../app/removing/remove-tags.ts";
import { openSession, type Session } from "../../app/session.ts";
import type { RepositoryName, Tag } from "../../registry/names.ts";
import type { ImageReference, RegistryAddress } from "../../registry/reference.ts";
import type { StrategyName } from "../../untag/outcome.ts";
import type { RepositoryPlan } from "../../untag/plan.ts";
import { reportUntouched } from "../../untag/report.ts";
import { canAsk } from "../ask.ts";
import { confirm } from "../confirm.ts";
import { UsageError } from "../errors.ts";
import { journalFlag } from "../journal-flag.ts";
import { type JournalledContext, openJournalledContext } from "../journalled-context.ts";
import { answerWithList } from "../output.ts";
import { protection } from "../protection.ts";
import { readReference } from "../references.ts";
import { progressLine } from "../render/progress.ts";
import { formatRemoval } from "../render/removal.ts";
import { styleFor } from "../render/style.ts";
import { duration, type Said } from "../settings.ts";
import { standardError } from "../streams.ts";

/** `tagwise rm REFERENCE…`: removes exactly these tags, all on one registry. */
export async function action(words: readonly string[], flags: Said): Promise<number> {
  if (words.includes("-") && flags.passwordStdin === true)
    throw new UsageError("- and --password-stdin cannot both read standard input", {
      next: "give the password in TAGWISE_PASSWORD",
    });
  const context = await openJournalledContext(flags, { leftTo: "tagwise recover" });
  const { settings, interruption, folders } = context;
  const references = (await readReferences(words)).map((text) => parseTarget(text, context));
  const address = onlyRegistry(references);
  const session = await sessionFor(address, context, flags);
  const progress = progressLine(settings);
  const removal = await removeTags(session, requestsOf(references), {
    ...context,
    locks: folders.locks,
    emit: progress.emit,
    signal: interruption.signal,
    concurrency: settings.concurrency,
    strategy: flags.strategy as StrategyName | "auto",
    verify: flags.verify as "auto" | "listing" | "all",
    noUndo: flags.undo === false,
    dryRun: flags.dryRun === true,
    wait: duration("wait", flags.wait ?? "30s"),
    protectedBy: protection(settings.protect, address),
    confirm: async (plans) => {
      progress.clear();
      if (flags.yes !== true) await confirmPlans(address, plans, { isInputRead: words.includes("-") });
      return true;
    },
  });
  progress.clear();
  const document = removalDocument(address, removal);
  await answerWithList(settings, document, { list: "tags" }, (shown, style) =>
    formatRemoval(shown, style, journalFlag(flags)),
  );
  return exitCodeOf(document, { interrupted: interruption.exitCode() });
}

/**
 * Shows on a terminal what would be removed, and asks. Throws `NOT_CONFIRMED` where the answer is no, or nobody is
 * there to ask.
 */
async function confirmPlans(
  address: RegistryAddress,
  plans: readonly RepositoryPlan[],
  { isInputRead }: { readonly isInputRead: boolean },
): Promise<void> {
  const reports = plans.map((plan) => reportUntouched(plan));
  const planned = removalDocument(address, { operation: null, dryRun: false, requests: 0, milliseconds: 0, reports });
  if (canAsk()) standardError().write(`${formatRemoval(planned, styleFor(process.stderr))}\n`);
  await confirm("Remove exactly these tags?", { yes: false, isInputRead });
}

/** A registry is spoken to, unless its storage was named: then its tags are removed there. */
async function sessionFor(
  address: ImageReference["registry"],
  context: JournalledContext,
  flags: Said,
): Promise<Session> {
  const { strategy, store } = flags;
  if (store === undefined && strategy !== "storage") return openSession(address, context.session);
  if (store === undefined)
    throw new UsageError("--strategy storage works on the registry's storage: say --store STORE too");
  if (strategy !== "storage" && strategy !== "auto")
    throw new UsageError(`--store goes with --strategy storage, not ${strategy}`);
  const { readStore } = await import("../store-work.ts");
  const { storeSession } = await import("../../app/store-session.ts");
  return storeSession(openSession(address, context.session), await readStore(String(store), context), context.clock);
}

/** The references; `-` is replaced by the lines of standard input, without blank lines and comments (`#`). */
async function readReferences(words: readonly string[]): Promise<readonly string[]> {
  if (!words.includes("-")) return words;
  const lines = (await text(process.stdin))
    .split("\n")
    .map((line) => line.trim().replace(/(?:^|\s+)#.*$/, ""))
    .filter((line) => line !== "");
  const all = words.flatMap((word) => (word === "-" ? lines : [word]));
  if (all.length === 0) throw new UsageError("standard input held no reference");
  return all;
}

type Target = ImageReference & { readonly tag: Tag };

function parseTarget(text: string, { settings }: JournalledContext): Target {
  const reference = readReference(text, settings);
  const { tag } = reference;
  if (tag !== undefined) return { ...reference, tag };
  throw new UsageError(`${JSON.stringify(text)} names no tag`, {
    next: "tagwise removes tags only: write REPOSITORY:TAG",
  });
}

function onlyRegistry(references: readonly ImageReference[]): ImageReference["registry"] {
  const [first, ...others] = references;
  if (first === undefined) throw new UsageError("name the tags to remove");
  const other = others.find(({ registry }) => registry.origin.href !== first.registry.origin.href);
  if (other === undefined) return first.registry;
  const [one, two] = [first.registry, other.registry].map(({ host, origin }) =>
    first.registry.host === other.registry.host ? `${origin.protocol}//${host}` : host,
  );
  throw new UsageError(`${one} and ${two} are two registries`, {
    next: "an operation is on one registry: run tagwise once for each",
  });
}

function requestsOf(references: readonly Target[]): readonly RemovalRequest[] {
  const byRepository = new Map<RepositoryName, Map<Tag, RemovalRequest["targets"][number]>>();
  for (const { repository, tag, digest } of references) {
    const targets = byRepository.get(repository) ?? new Map();
    const before = targets.get(tag);
    if (before?.expected !== undefined && digest !== undefined && before.expected !== digest) {
      throw new UsageError(`${repository}:${tag} is named with two digests`);
    }
    const expected = digest ?? before?.expected;
    targets.set(tag, { tag, ...(expected !== undefined && { expected }) });
    byRepository.set(repository, targets);
  }
  return [...byRepository].map(([repository, targets]) => ({ repository, targets: [...targets.values()] }));
}
