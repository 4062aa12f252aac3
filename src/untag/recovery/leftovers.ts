import { unlessAbsent } from "../../registry/errors.ts";
import { describe, type Manifest } from "../../registry/image.ts";
import type { Digest, RepositoryName, Tag } from "../../registry/names.ts";
import { everyTag } from "../../registry/pages.ts";
import type { Registry } from "../../registry/registry.ts";
import { standsAt } from "../../registry/stands-at.ts";
import { pooled } from "../../support/pool.ts";
import { readDecoy } from "../decoy.ts";
import type { IntendedRemoval, Operation } from "../journal/journal.ts";
import type { Step } from "../strategy.ts";

type ScratchStep = Extract<Step, { step: "scratch" }>;
type DecoyStep = Extract<Step, { step: "decoy" }>;

/** The present state of one tag of an operation that was cut off; `digest` is that of its original. */
export type Leftover = { readonly tag: Tag; readonly digest: Digest } & (
  | { readonly is: "untouched" | "gone" }
  /** Somebody pushed to it since. */
  | { readonly is: "pushed"; readonly current: Digest }
  /** It points at the decoy, or (zombie) is listed without a manifest. */
  | { readonly is: "decoy" | "zombie"; readonly decoy: DecoyStep | undefined }
);

/** True where the tag still has to be removed or put back. */
export function isLeft({ is }: Leftover): boolean {
  return is === "decoy" || is === "zombie";
}

/** Reads where each tag of an operation stands now: one listing and one HEAD a tag. */
export async function leftoversOf(
  registry: Registry,
  operation: Operation,
  { repository, tags }: IntendedRemoval,
  { concurrency }: { readonly concurrency: number },
): Promise<readonly Leftover[]> {
  const listing = new Set(await everyTag(registry, repository));
  const decoys = decoysOf(operation, repository);
  const last = new Map(decoys.flatMap((step) => step.tags.map((tag) => [tag, step] as const)));
  return pooled(
    tags,
    async ({ tag, digest }): Promise<Leftover> => {
      const current = await standsAt(registry, repository, tag);
      if (current === undefined)
        return listing.has(tag) ? { tag, digest, is: "zombie", decoy: last.get(tag) } : { tag, digest, is: "gone" };
      const decoy = decoys.find((step) => step.digest === current.digest);
      if (decoy !== undefined) return { tag, digest, is: "decoy", decoy };
      if (current.digest === digest) return { tag, digest, is: "untouched" };
      const unknown = await unlessAbsent(registry.getManifest(repository, current.digest), undefined);
      // a journal that has lost lines does not know its own decoy
      return unknown !== undefined && readDecoy(unknown)?.operation === operation.operation
        ? { tag, digest, is: "decoy", decoy: decoyStep(repository, unknown, tag) }
        : { tag, digest, is: "pushed", current: current.digest };
    },
    { concurrency },
  );
}

function decoyStep(repository: RepositoryName, manifest: Manifest, tag: Tag): DecoyStep {
  return { step: "decoy", repository, digest: describe(manifest).digest, manifest, tags: [tag] };
}

/** The decoys that an operation used in one repository, in the order of its steps. */
export function decoysOf({ steps }: Operation, repository: RepositoryName): readonly DecoyStep[] {
  return steps.filter((step): step is DecoyStep => step.step === "decoy" && step.repository === repository);
}

/** The scratch manifests that an operation's rehearsals made in one repository. */
export function scratchOf({ steps }: Operation, repository: RepositoryName): readonly ScratchStep[] {
  return steps.filter((step): step is ScratchStep => step.step === "scratch" && step.repository === repository);
}
