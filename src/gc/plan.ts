import { blobFile, linkIn, revisionFolder } from "../distribution/paths.ts";
import type { RepositoryName } from "../registry/names.ts";
import { grouped } from "../support/grouped.ts";
import type { Missing } from "./mark.ts";
import type { Problem, Snapshot } from "./snapshot.ts";
import type { LayerLink, Survey, SurveyRules } from "./survey.ts";
import { planTidying, type TidyLine } from "./tidy.ts";

/** One thing that will be removed, and the reason. */

/** A manifest that a repository loses: its revision link is removed. */
export interface ManifestLine {
  readonly what: "manifest";
  readonly repository: RepositoryName;
  readonly digest: number;
  readonly path: string;
  readonly because: string;
}

/** A layer link that is removed, so that the repository no longer claims to have the blob. */
export interface LayerLinkLine {
  readonly what: "layer-link";
  readonly repository: RepositoryName;
  readonly digest: number;
  readonly path: string;
  readonly because: string;
}

/** A blob whose bytes are removed. */
export interface BlobLine {
  readonly what: "blob";
  readonly digest: number;
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The repositories that link it. */
  readonly repositories: readonly RepositoryName[];
  readonly because: string;
}

/** Everything that a collection removes, and what stands in its way. */
export interface Plan {
  readonly manifests: readonly ManifestLine[];
  readonly layerLinks: readonly LayerLinkLine[];
  readonly blobs: readonly BlobLine[];
  readonly tidying: readonly TidyLine[];
  /** How many unreferenced blobs stay because they, or their links, are younger than the grace. */
  readonly young: number;
  /** While there is one, nothing may be swept. */
  readonly problems: readonly Problem[];
  readonly missing: readonly Missing[];
}

const reasons = {
  manifest: "no tag, index or subject leads to it",
  nobody: "no manifest leads to it",
  swept: "only manifests that go led to it",
  blobGoes: "its blob goes",
  unused: "no manifest of this repository uses it",
} as const;

/** Decides what is removed, with a reason for each. Pure: the same survey gives the same plan. */
export function planCollection(survey: Survey, rules: SurveyRules): Plan {
  const { snapshot, marks, links } = survey;
  const manifests = rules.untagged ? manifestLines(survey) : [];
  const byBlob = grouped(links, ({ digest }) => digest);
  const byManifest = grouped(manifests, ({ digest }) => digest);
  const ledTo = referencesOf(snapshot, manifests);
  const blobs: BlobLine[] = [];
  let young = 0;
  for (let digest = 0; digest < snapshot.digests.size; digest++) {
    if (!snapshot.blobs.has(digest) || marks.isMarked(digest)) continue;
    const linked = byBlob.get(digest) ?? [];
    if (isYoung(survey, digest, linked)) young++;
    else {
      const because = ledTo.has(digest) ? reasons.swept : reasons.nobody;
      blobs.push(blobLine(snapshot, digest, { linked: [...linked, ...(byManifest.get(digest) ?? [])], because }));
    }
  }
  const layerLinks = layerLinkLines(survey, new Set(blobs.map(({ digest }) => digest)), rules);
  const { problems } = snapshot;
  const plan = { manifests, layerLinks, blobs, young, problems, missing: marks.missing };
  return { ...plan, tidying: planTidying(survey, rules, plan) };
}

function manifestLines({ snapshot, marks }: Survey): readonly ManifestLine[] {
  return snapshot.repositories.flatMap(({ name: repository, revisions }) =>
    [...revisions.keys()]
      .filter((digest) => !marks.manifests.get(repository)?.has(digest))
      .map((digest): ManifestLine => {
        const path = linkIn(revisionFolder(repository, snapshot.digests.digestAt(digest)));
        return { what: "manifest", repository, digest, path, because: reasons.manifest };
      }),
  );
}

function blobLine(
  { digests, blobs }: Snapshot,
  digest: number,
  {
    linked,
    because,
  }: { readonly linked: readonly { readonly repository: RepositoryName }[]; readonly because: string },
): BlobLine {
  const repositories = [...new Set(linked.map(({ repository }) => repository))];
  return {
    what: "blob",
    digest,
    path: blobFile(digests.digestAt(digest)),
    size: blobs.size(digest),
    repositories,
    because,
  };
}

/**
 * True where a blob's data or one of its links was written after the cutoff, or an upload is under way where it is
 * linked.
 */
function isYoung({ snapshot, cutoff, busy }: Survey, digest: number, linked: readonly LayerLink[]): boolean {
  if (snapshot.blobs.modified(digest) > cutoff) return true;
  return linked.some(({ repository, modified }) => modified > cutoff || busy.has(repository));
}

function layerLinkLines(survey: Survey, swept: ReadonlySet<number>, { tidy }: SurveyRules): readonly LayerLinkLine[] {
  const { links, snapshot, cutoff, busy, marks } = survey;
  return links.flatMap(({ repository, digest, path, modified }): LayerLinkLine[] => {
    if (swept.has(digest)) return [{ what: "layer-link", repository, digest, path, because: reasons.blobGoes }];
    // a link to a blob that stays, or that is not there at all
    const isInWay = tidy.has("layer-links") && (marks.isMarked(digest) || !snapshot.blobs.has(digest));
    const isOld = modified <= cutoff && !busy.has(repository);
    return isInWay && isOld ? [{ what: "layer-link", repository, digest, path, because: reasons.unused }] : [];
  });
}

function referencesOf({ manifests }: Snapshot, lines: readonly ManifestLine[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { digest } of lines) {
    found.add(digest);
    const contents = manifests.get(digest);
    for (const one of contents === undefined || "unreadable" in contents ? [] : contents.references) found.add(one);
  }
  return found;
}
