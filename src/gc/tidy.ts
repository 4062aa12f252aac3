import { indexLink, partFolders, tagFolder, uploadFolder } from "../distribution/paths.ts";
import type { RepositoryName, Tag } from "../registry/names.ts";
import { grouped } from "../support/grouped.ts";
import type { LayerLinkLine, ManifestLine } from "./plan.ts";
import type { RepositorySnapshot } from "./snapshot.ts";
import type { Survey, SurveyRules } from "./survey.ts";

/** Something that is tidied: its files are removed, and then its empty folders. */
export interface TidyLine {
  readonly what: "upload" | "tag" | "history" | "repository";
  readonly repository: RepositoryName;
  /** The upload's id or the tag's name. */
  readonly name?: string;
  /** Files or folders. */
  readonly paths: readonly string[];
  readonly because: string;
}

interface Going {
  readonly manifests: readonly ManifestLine[];
  readonly layerLinks: readonly LayerLinkLine[];
}

/** Decides what is tidied. Pure. */
export function planTidying(survey: Survey, { tidy }: SurveyRules, going: Going): readonly TidyLine[] {
  const { repositories } = survey.snapshot;
  const of = (is: boolean, lines: (repository: RepositorySnapshot) => readonly TidyLine[]) =>
    is ? repositories.flatMap(lines) : [];
  const uploads = of(tidy.has("uploads"), (one) => uploadLines(survey, one));
  const tags = of(tidy.has("tags"), (one) => tagLines(survey, one));
  const history = of(tidy.has("history"), historyLines(survey));
  const tidied = [...uploads, ...tags, ...history];
  return [...tidied, ...of(tidy.has("repositories"), emptyRepositoryLines(survey, going, tidied))];
}

function uploadLines({ cutoff }: Survey, { name: repository, uploads }: RepositorySnapshot): readonly TidyLine[] {
  return [...uploads]
    .filter(([, written]) => written <= cutoff)
    .map(([id]) => ({
      what: "upload",
      repository,
      name: id,
      paths: [uploadFolder(repository, id)],
      because: "nobody has gone on with it for longer than the grace",
    }));
}

/** Tags that are listed and lead to no manifest, as a deletion by digest may leave them. */
function tagLines(survey: Survey, repository: RepositorySnapshot): readonly TidyLine[] {
  if (survey.busy.has(repository.name)) return [];
  const { name, tags, hollowTags, revisions, linkedAsLayers } = repository;
  const aside = survey.snapshot.aside.revisions.get(name);
  const leadNowhere = [...tags].filter(([, id]) => !revisions.has(id) && !linkedAsLayers.has(id) && !aside?.has(id));
  return [...leadNowhere.map(([tag]) => tag), ...hollowTags].map((tag) => ({
    what: "tag",
    repository: name,
    name: tag,
    paths: [tagFolder(name, tag)],
    because: "it is listed and leads to no manifest",
  }));
}

function historyLines({ snapshot: { digests } }: Survey): (repository: RepositorySnapshot) => readonly TidyLine[] {
  return ({ name: repository, tags, history }) =>
    history
      .filter(({ tag, digest }) => tags.get(tag) !== digest)
      .map(({ tag, digest }) => ({
        what: "history",
        repository,
        name: tag,
        paths: [indexLink(repository, tag, digests.digestAt(digest))],
        because: "the tag has long pointed elsewhere",
      }));
}

function emptyRepositoryLines(
  { busy, links }: Survey,
  { manifests, layerLinks }: Going,
  tidied: readonly TidyLine[],
): (repository: RepositorySnapshot) => readonly TidyLine[] {
  const goneIn = byRepository(tidied);
  const [manifestsIn, linksIn, layerLinksIn] = [byRepository(manifests), byRepository(links), byRepository(layerLinks)];
  return (repository) => {
    const { name, tags, hollowTags, revisions, uploads } = repository;
    const gone = goneIn.get(name) ?? [];
    const tagsGone = new Set(gone.flatMap(({ what, name: tag }) => (what === "tag" ? [tag] : [])));
    const tagsLeft = [...tags.keys(), ...hollowTags].some((tag: Tag) => !tagsGone.has(tag));
    const uploadsLeft = uploads.size > gone.filter(({ what }) => what === "upload").length;
    if (tagsLeft || uploadsLeft || busy.has(name)) return [];
    if (revisions.size > (manifestsIn.get(name)?.length ?? 0)) return [];
    if ((linksIn.get(name)?.length ?? 0) > (layerLinksIn.get(name)?.length ?? 0)) return [];
    return [{ what: "repository", repository: name, paths: partFolders(name), because: "there is nothing left in it" }];
  };
}

const byRepository = <Line extends { readonly repository: RepositoryName }>(lines: readonly Line[]) =>
  grouped(lines, ({ repository }) => repository);
