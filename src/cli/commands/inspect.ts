import { inspectManifest } from "../../app/reading/inspect-manifest.ts";
import { inspectionDocument } from "../../app/reading/inspection-document.ts";
import { openSession } from "../../app/session.ts";
import { hasCode, RegistryError } from "../../registry/errors.ts";
import { parseTag } from "../../registry/names.ts";
import { unlessAborted } from "../../support/abortable.ts";
import { openContext } from "../context.ts";
import { answer } from "../output.ts";
import { readReference } from "../references.ts";
import { formatInspection } from "../render/inspection.ts";
import { progressLine } from "../render/progress.ts";
import type { Said } from "../settings.ts";

/** `tagwise inspect REFERENCE`: without tag and digest it inspects `latest`, as docker does. */
export async function action([word = ""]: readonly string[], flags: Said): Promise<number> {
  const { settings, session, interruption, clock } = await openContext(flags);
  const { registry: address, repository, tag, digest } = readReference(word, settings);
  const reference = digest ?? tag ?? parseTag("latest");
  const progress = progressLine(settings);
  const name = `${address.host}/${repository}`;
  const { signal } = interruption;
  const inspecting = inspectManifest(
    openSession(address, session),
    { repository, reference },
    {
      concurrency: settings.concurrency,
      signal,
      onScan: (done, total) => progress.show({ subject: name, doing: "looking for siblings", done, total }),
    },
  );
  const inspection = await unlessAborted(inspecting, signal).catch((error) => {
    throw hasCode(error, "MANIFEST_UNKNOWN") && error.said !== undefined // else it may be no registry's answer
      ? absent(`${name}${digest === undefined ? ":" : "@"}${reference}`, error)
      : error;
  });
  progress.clear();
  for (const gap of inspection.gaps.slice(0, 20)) progress.note(name, gap);
  const document = inspectionDocument({ repository: name, reference }, inspection);
  await answer(settings, document, (found, style) => formatInspection(found, style, { now: clock.now() }));
  return 0;
}

function absent(name: string, { said, status }: RegistryError): RegistryError {
  const next = `list the tags with: tagwise tags ${name.replace(/[:@][^/]*$/, "")}`;
  return new RegistryError("MANIFEST_UNKNOWN", `${name} is not there`, {
    status,
    next,
    ...(said !== undefined && { said }),
  });
}
