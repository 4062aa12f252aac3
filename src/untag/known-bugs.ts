import type { Fingerprint, RegistryKind } from "./fingerprint.ts";

/** A known fault of some kinds of registry that matters when tags are removed. */
export interface KnownBug {
  readonly kinds: readonly RegistryKind[];
  readonly severity: "info" | "warning";
  readonly says: string;
  /** The first and the last version that has it; every version of the kinds where it is absent. */
  readonly versions?: { readonly from: string; readonly to?: string };
}

/** The faults of a kind, without those that its version is known not to have. */
export function knownBugsOf({ kind, version = "" }: Pick<Fingerprint, "kind" | "version">): readonly KnownBug[] {
  return knownBugs.filter(({ kinds, versions }) => kinds.includes(kind) && mayBeIn(version, versions));
}

/** True also for what is no whole version, such as `3.x`. */
function mayBeIn(version: string, range: KnownBug["versions"]): boolean {
  if (range === undefined || !/^\d+\.\d+/.test(version)) return true;
  const { from, to = version } = range;
  return byNumbers(version, from) >= 0 && byNumbers(version, to) <= 0;
}

function byNumbers(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

/** Faults known from source code and issue threads; docs/registries.md gives the sources and what was tried. */
const knownBugs: readonly KnownBug[] = [
  {
    kinds: ["distribution2"],
    severity: "warning",
    says: "on S3, 2.x leaves a tag listed without a manifest while another tag continues its name with - or .; tagwise rehearses there first (distribution#3142)",
  },
  {
    kinds: ["distribution2"],
    severity: "warning",
    says: "`garbage-collect -m` of 2.x destroys multi-arch images: it removes the untagged children of a tagged index (distribution#3178)",
  },
  {
    kinds: ["distribution2", "distribution3"],
    severity: "warning",
    says: "after a garbage collection, a push can succeed without being stored until the registry is restarted: its descriptor cache is stale (distribution#1803)",
  },
  {
    kinds: ["distribution3"],
    severity: "warning",
    says: "3.1.0 and 3.1.1 on S3 drop from the listing a tag whose name continues that of another; tagwise reads such a tag before it says that it is gone (distribution#4891)",
    versions: { from: "3.1.0", to: "3.1.1" },
  },
  {
    kinds: ["distribution3"],
    severity: "warning",
    says: "3.0.0 to 3.1.0 delete by tag even where deletion is disabled (CVE-2026-41888)",
    versions: { from: "3.0.0", to: "3.1.0" },
  },
  {
    kinds: ["ghcr"],
    severity: "info",
    says: "the registry's protocol never deletes there; versions are deleted by GitHub's packages API",
  },
  { kinds: ["ecr"], severity: "warning", says: "with its last tag the image itself is gone: there is no undo" },
  {
    kinds: ["gitea"],
    severity: "warning",
    says: "tags that differ only in case are one tag there; with its last tag the image itself is gone: there is no undo",
  },
  {
    kinds: ["nexus"],
    severity: "warning",
    says: "since 3.89 deleting a digest leaves its tags (nexus-public#925); the rehearsal shows whether this one does",
    versions: { from: "3.89" },
  },
  { kinds: ["harbor"], severity: "info", says: "an immutable tag is refused with 412, and that is final" },
];
