import { Buffer } from "node:buffer";
import * as v from "valibot";
import type { Manifest } from "../../registry/image.ts";
import {
  type Digest,
  isDigestText,
  isRepositoryName,
  isTag,
  type RepositoryName,
  type Tag,
} from "../../registry/names.ts";
import { parseRegistryPrefix, type RegistryAddress } from "../../registry/reference.ts";
import { instant } from "../../support/instant.ts";
import { isUlid } from "../../support/ulid.ts";
import { strategyNames, type TagOutcome } from "../outcome.ts";
import type { Intent, JournalStep } from "./journal.ts";

/** Writes an intent as the first line of an operation's file: JSON with the manifests' bytes in base64. */
export function formatIntent({ operation, at, registry, repositories, manifests }: Intent): string {
  return JSON.stringify({
    tagwise: 1,
    operation,
    at: at.toISOString(),
    registry: { host: registry.host, origin: registry.origin.href },
    repositories: repositories.map((one) => ({ ...one, siblings: Object.fromEntries(one.siblings) })),
    manifests: Object.fromEntries([...manifests].map(([digest, manifest]) => [digest, encode(manifest)])),
  });
}

/**
 * Parses the first line of an operation's file. Throws where it is not one, or names an origin that its host does not
 * have.
 */
export function parseIntent(line: string): Intent {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), intentSchema), line);
  if (!parsed.success)
    throw new Error(`it is not an operation of tagwise: ${v.summarize(parsed.issues).split("\n")[0]}`);
  const { operation, at, registry, repositories, manifests } = parsed.output;
  return {
    operation,
    at,
    registry: addressOf(registry),
    repositories,
    manifests: new Map(Object.entries(manifests) as [Digest, Manifest][]),
  };
}

/** Rejects a file whose origin is not that of its host: it would send one host's credentials to another. */
function addressOf({ host, origin }: { readonly host: string; readonly origin: string }): RegistryAddress {
  const scheme = origin.startsWith("http://") ? "http" : "https";
  const { registry } = parseRegistryPrefix(host, { scheme });
  if (registry.origin.href === new URL(origin).href) return registry;
  throw new Error(`it is not an operation of tagwise: ${host} is not spoken to at ${origin.slice(0, 200)}`);
}

/** Writes a step as one line of JSON, without a newline. */
export function formatStep(step: JournalStep): string {
  return JSON.stringify("manifest" in step ? { ...step, manifest: encode(step.manifest) } : step);
}

/** Parses one line of an operation's file; undefined where it is not a whole, valid step. */
export function parseStep(line: string): JournalStep | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), stepSchema), line);
  return parsed.success ? (parsed.output as JournalStep) : undefined;
}

function encode({ mediaType, bytes }: Manifest): { mediaType: string; bytes: string } {
  return { mediaType, bytes: Buffer.from(bytes).toString("base64") };
}

const repository = v.custom<RepositoryName>((value) => typeof value === "string" && isRepositoryName(value));
const tag = v.custom<Tag>((value) => typeof value === "string" && isTag(value));
const digest = v.custom<Digest>((value) => typeof value === "string" && isDigestText(value));
const manifest = v.pipe(
  v.object({ mediaType: v.string(), bytes: v.pipe(v.string(), v.base64()) }),
  v.transform(({ mediaType, bytes }): Manifest => ({ mediaType, bytes: Buffer.from(bytes, "base64") })),
);

const intentSchema = v.object({
  tagwise: v.literal(1),
  operation: v.pipe(v.string(), v.check(isUlid)),
  at: instant,
  registry: v.object({ host: v.string(), origin: v.pipe(v.string(), v.url()) }),
  repositories: v.array(
    v.object({
      repository,
      strategy: v.picklist(strategyNames),
      tags: v.array(v.object({ tag, digest, forGood: v.exactOptional(v.literal(true)) })),
      siblings: v.pipe(
        v.record(v.string(), v.array(tag)),
        v.transform((found) => new Map(Object.entries(found) as [Digest, Tag[]][])),
      ),
      exact: v.exactOptional(v.literal(true)),
    }),
  ),
  manifests: v.record(v.string(), manifest),
});

const outcomes: readonly TagOutcome["outcome"][] = [
  "planned",
  "removed",
  "absent",
  "refused",
  "failed",
  "kept",
  "restored",
];
const outcome = v.object({
  tag,
  digest: v.exactOptional(digest),
  outcome: v.picklist(outcomes),
  reason: v.exactOptional(v.string()),
  code: v.exactOptional(v.string()),
  unanswered: v.exactOptional(v.literal(true)),
});

const stepSchema = v.variant("step", [
  v.object({
    step: v.literal("decoy"),
    repository,
    digest,
    manifest,
    tags: v.array(tag),
  }),
  v.object({ step: v.literal("sent"), repository, digest }),
  v.object({ step: v.literal("scratch"), repository, digest, tags: v.array(tag) }),
  v.object({ step: v.literal("lost"), repository, siblings: v.array(v.object({ tag, digest })) }),
  v.object({ step: v.literal("outcomes"), repository, outcomes: v.array(outcome) }),
  v.object({ step: v.literal("closed"), state: v.picklist(["done", "rolled-back"]) }),
  v.object({ step: v.literal("undone"), tags: v.array(v.object({ repository, tag })) }),
]);
