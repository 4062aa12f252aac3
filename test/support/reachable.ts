import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = "docker/registry/v2";

/**
 * The files that a pull of each tag needs, found in the plainest way and by none of our own code: links, manifests and
 * blobs that are there, children and subjects followed.
 */
export function reachableFiles(
  directory: string,
  { referrers = false }: { readonly referrers?: boolean } = {},
): ReadonlySet<string> {
  const found = new Set<string>();
  const isThere = (path: string) => existsSync(join(directory, path));
  function follow(repository: string, digest: string): void {
    const revision = `${root}/repositories/${repository}/_manifests/revisions/${folderOf(digest)}/link`;
    if (!isThere(revision) || found.has(revision)) return;
    found.add(revision);
    const bytes = isThere(blobOf(digest)) ? readFileSync(join(directory, blobOf(digest)), "utf8") : "{}";
    const needed = [blobOf(digest)];
    for (const { digest: next, isBlob } of namedIn(parsed(bytes))) {
      if (isBlob) needed.push(`${root}/repositories/${repository}/_layers/${folderOf(next)}/link`);
      needed.push(blobOf(next));
      follow(repository, next);
    }
    for (const path of needed.filter(isThere)) found.add(path);
  }
  for (const { repository, digest, path } of tagsIn(directory)) {
    found.add(path);
    follow(repository, digest);
  }
  for (const { repository, digest, subject } of referrers ? referrersIn(directory) : []) {
    const revision = `${root}/repositories/${repository}/_manifests/revisions/${folderOf(subject)}/link`;
    if (found.has(revision)) follow(repository, digest);
  }
  return found;
}

interface Named {
  readonly digest: string;
  readonly isBlob: boolean;
}

/** What is no JSON, or no object, leads to nothing. */
function parsed(text: string): Record<string, never> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function namedIn(json: Record<string, never>): readonly Named[] {
  const blobs = [json.config, ...(json.layers ?? [])].flatMap(
    (one: { digest?: string } | undefined) => one?.digest ?? [],
  );
  const old = (json.fsLayers ?? ([] as never[])).map(({ blobSum }: { blobSum: string }) => blobSum);
  const others = [...(json.manifests ?? []), json.subject].flatMap(
    (one: { digest?: string } | undefined) => one?.digest ?? [],
  );
  return [
    ...[...blobs, ...old].map((digest) => ({ digest, isBlob: true })),
    ...others.map((digest) => ({ digest, isBlob: false })),
  ];
}

interface TagFile {
  readonly repository: string;
  readonly digest: string;
  readonly path: string;
}

function tagsIn(directory: string): readonly TagFile[] {
  return linksIn(directory, /^(.+)\/_manifests\/tags\/[^/]+\/current\/link$/).map(({ repository, path }) => ({
    repository,
    digest: readFileSync(join(directory, path), "utf8"),
    path,
  }));
}

interface Referring {
  readonly repository: string;
  readonly digest: string;
  readonly subject: string;
}

function referrersIn(directory: string): readonly Referring[] {
  const revisions = linksIn(directory, /^(.+)\/_manifests\/revisions\/sha256\/(\w+)\/link$/);
  return revisions.flatMap(({ repository, encoded }) => {
    const digest = `sha256:${encoded}`;
    if (!existsSync(join(directory, blobOf(digest)))) return [];
    const { subject } = JSON.parse(readFileSync(join(directory, blobOf(digest)), "utf8"));
    return subject === undefined ? [] : [{ repository, digest, subject: subject.digest }];
  });
}

/** The link files of all repositories whose path, below that of all, is of a pattern: its groups are the parts. */
function linksIn(directory: string, pattern: RegExp) {
  const files = readdirSync(join(directory, root, "repositories"), { recursive: true, encoding: "utf8" });
  return files.flatMap((file) => {
    const [, repository, encoded] = pattern.exec(file) ?? [];
    return repository === undefined ? [] : [{ repository, encoded, path: `${root}/repositories/${file}` }];
  });
}

function folderOf(digest: string): string {
  return digest.replace(":", "/");
}

function blobOf(digest: string): string {
  const [algorithm = "", encoded = ""] = digest.split(":");
  return `${root}/blobs/${algorithm}/${encoded.slice(0, 2)}/${encoded}/data`;
}
