import { type DoctorDocument, examine } from "../../app/doctor.ts";
import { openSession } from "../../app/session.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import { unlessAborted } from "../../support/abortable.ts";
import { printable } from "../../support/printable.ts";
import { UsageError } from "../errors.ts";
import { openJournalledContext } from "../journalled-context.ts";
import { answer } from "../output.ts";
import { readPrefix } from "../references.ts";
import { progressLine } from "../render/progress.ts";
import type { Style } from "../render/style.ts";
import type { Said } from "../settings.ts";

/** `tagwise doctor HOST[/REPOSITORY]`: the exit code is 4 where no tag can be removed exactly. */
export async function action([word = ""]: readonly string[], flags: Said): Promise<number> {
  const rehearse = flags.rehearse === true;
  const context = await openJournalledContext(flags, rehearse ? { leftTo: "tagwise recover" } : {});
  const { settings } = context;
  const { registry, prefix } = readPrefix(word, settings);
  if (rehearse && prefix === "") {
    throw new UsageError("--rehearse writes scratch tags: name the repository that may hold them", {
      next: `for example ${registry.host}/team/app`,
    });
  }
  const progress = progressLine(settings);
  const examining = examine(openSession(registry, context.session), {
    ...context,
    repository: prefix === "" ? undefined : parseRepositoryName(prefix),
    rehearse,
    concurrency: settings.concurrency,
    emit: progress.emit,
    signal: context.interruption.signal,
  });
  // a rehearsal is not cut off: it removes its scratch tags first
  const document = await (rehearse ? examining : unlessAborted(examining, context.interruption.signal));
  progress.clear();
  await answer(settings, document, formatDoctor);
  return document.strategy === null || document.exact === false ? 4 : 0;
}

function formatDoctor(
  { registry, repository, kind, version, deletion, strategy, exact, findings }: DoctorDocument,
  style: Style,
): string {
  const paint = { info: style.good, warning: style.warn, problem: style.bad };
  const proven =
    exact === true
      ? "proven to remove the named tag alone"
      : exact === false
        ? "it removes more, or less, than the named tag"
        : "not proven on this kind: rm rehearses it on scratch tags first";
  return [
    `${style.bold(registry)} (asked about ${repository})`,
    `kind      ${kind}${version === null ? "" : ` ${printable(version)}`}`,
    `deletion  ${deletion}`,
    `strategy  ${strategy === null ? style.bad("none: no tag can be removed") : `${strategy}, ${proven}`}`,
    "",
    ...findings.flatMap(({ severity, says, request, answer }) => [
      `${paint[severity](severity.padEnd(8))} ${printable(says)}`,
      style.dim(`         ${printable(request)} → ${printable(answer)}`),
    ]),
  ].join("\n");
}
