import type { Inspection } from "../../src/app/reading/inspect-manifest.ts";
import type { ManifestFacts, TypedContent } from "../../src/app/reading/manifest-facts.ts";
import type { Descriptor } from "../../src/registry/image.ts";
import {
  type Digest,
  parseDigest,
  parseRepositoryName,
  parseTag,
  type RepositoryName,
  type Tag,
} from "../../src/registry/names.ts";
import { parseRegistryPrefix, type RegistryAddress } from "../../src/registry/reference.ts";
import type { Effect, Message } from "../../src/tui/message.ts";
import { beginning, type Model } from "../../src/tui/model/model.ts";
import type { Size } from "../../src/tui/screen/cells.ts";
import type { Look } from "../../src/tui/screen/difference.ts";
import { update } from "../../src/tui/update.ts";
import type { RepositoryPlan } from "../../src/untag/plan.ts";

export const repository: RepositoryName = parseRepositoryName("team/shop");
const address: RegistryAddress = parseRegistryPrefix("registry.example").registry;

/** The same digest for the same word. */
export function digestOf(word: string): Digest {
  const hex = Buffer.from(word.repeat(32)).toString("hex").slice(0, 64);
  return parseDigest(`sha256:${hex}`);
}

/** Tags as they stand: by manifest. */
const standing: Readonly<Record<string, readonly string[]>> = {
  release: ["1.4", "1.4.0", "latest"],
  older: ["legacy", "legacy-2"],
  nightly: ["nightly-2026-11-20"],
};

const created: Readonly<Record<string, string>> = {
  release: "2026-11-03T14:30:00Z",
  older: "2026-08-19T09:12:00Z",
  nightly: "2026-11-20T02:00:00Z",
};
export const tags: readonly Tag[] = Object.values(standing).flat().map(parseTag);

function factsOf(word: string): ManifestFacts {
  const time = created[word];
  return {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    kind: "image",
    size: 3_400_000 + word.length * 100_000,
    created: time,
    platforms: ["linux/amd64"],
    gaps: [],
  };
}

function inspectionOf(word: string): Inspection {
  const descriptor = (name: string, size: number): Descriptor => ({
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    digest: digestOf(name),
    size,
  });
  const content: TypedContent = {
    kind: "image",
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    schemaVersion: 2,
    layers: [descriptor("base", 3_200_000), descriptor("app", 900_000)],
    manifests: [],
    annotations: {},
  };
  const labels = { "org.opencontainers.image.title": "shop", maintainer: "商店團隊" };
  const config = { created: created[word], platform: "linux/amd64", labels };
  return {
    digest: digestOf(word),
    content,
    facts: factsOf(word),
    config,
    siblings: undefined,
    referrers: [],
    gaps: [],
  };
}

/** What a registry answers until everything of the example is known. */
export const answers: readonly Message[] = [
  { is: "connected", address, isReadOnly: false, isProduction: false },
  { is: "registry", kind: "distribution2", user: "ada" },
  { is: "start", repository, recents: [] },
  { is: "repositories", names: ["charts/shop", "team/api", "team/shop", "team/web"].map(parseRepositoryName) },
  { is: "repositories-end" },
  { is: "tags", repository, names: tags },
  { is: "tags-end", repository },
  {
    is: "rows",
    repository,
    rows: Object.entries(standing).flatMap(([word, names]) =>
      names.map((tag) => ({ tag: parseTag(tag), digest: digestOf(word), facts: factsOf(word) })),
    ),
  },
  { is: "job-end", job: 1 },
  { is: "inspected", repository, tag: parseTag("1.4"), inspection: inspectionOf("release") },
];

/** The model after these messages and keys, and what was last to be done. */
export function played(
  start: Model,
  ...steps: readonly (Message | string)[]
): { readonly model: Model; readonly effects: readonly Effect[] } {
  let model = start;
  let effects: readonly Effect[] = [];
  for (const step of steps) {
    const message: Message = typeof step === "string" ? { is: "key", key: { name: step, text: textOf(step) } } : step;
    [model, effects] = update(model, message);
  }
  return { model, effects };
}

function textOf(name: string): string {
  return name === "space" ? " " : [...name].length === 1 ? name : "";
}

export function empty(size: Size = { width: 120, height: 40 }, look: Look = { colour: true, ascii: false }): Model {
  return beginning({ size, look, isReadOnly: false, isProduction: false });
}

/** The example with everything read, and no jobs. */
export function example(size?: Size, look?: Look): Model {
  return played(empty(size, look), ...answers).model;
}

/** A plan for some tags of the example. */
export function planFor(...chosen: readonly string[]): RepositoryPlan {
  const scan = new Map<Tag, Digest>();
  for (const [word, names] of Object.entries(standing))
    for (const tag of names) if (!chosen.includes(tag)) scan.set(parseTag(tag), digestOf(word));
  const fingerprint = { kind: "distribution2", because: "its answers" } as const;
  return {
    repository,
    capability: { fingerprint, deletion: "allowed", strategy: "decoy", exact: true, findings: [] },
    lines: chosen.map((name) => {
      const [word = ""] = Object.entries(standing).find(([, names]) => names.includes(name)) ?? [];
      const digest = digestOf(word);
      const siblings = [...scan].flatMap(([tag, other]) => (other === digest ? [tag] : []));
      const original = {
        digest,
        manifest: { mediaType: "application/vnd.oci.image.manifest.v1+json", bytes: Buffer.from("{}") },
      };
      return {
        act: "remove",
        tag: parseTag(name),
        original,
        because: "asked for",
        siblings,
        leftBehind: [],
        undoable: true,
      };
    }),
    rehearse: undefined,
    survey: { repository, listing: tags, standings: new Map(), scan },
  };
}

/** The end of job 2, a removal of the tag 1.4 of a repository. */
export function removalOf(
  outcome: "failed" | "removed",
  of: string = `registry.example/${repository}`,
): Extract<Message, { is: "removed" }> {
  return {
    is: "removed",
    job: 2,
    title: `Removal from ${repository}`,
    document: {
      operation: "01J",
      dryRun: false,
      proof: "listing",
      requests: 1,
      milliseconds: 1,
      moved: [],
      restored: [],
      tags: [
        {
          repository: of,
          tag: "1.4",
          digest: digestOf("release"),
          outcome,
          strategy: "decoy",
          siblings: null,
          undoable: outcome === "removed",
        },
      ],
    },
  };
}
