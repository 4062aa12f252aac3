import { inParallel } from "./parallel.ts";
import { ask, type RegistryServer } from "./registry-server.ts";

const types = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
].join(", ");

/**
 * What a repository really holds: each listed tag with its digest, or "missing" where it is listed and has no manifest.
 */
export async function tagsOf(server: RegistryServer, repository: string): Promise<Readonly<Record<string, string>>> {
  const names = await listedTags(server, repository);
  const held: Record<string, string> = {};
  await inParallel(names, 8, async (name) => {
    held[name] = (await digestAt(server, repository, name)) ?? "missing";
  });
  return held;
}

/** The tags in the listing, all pages, sorted. */
export async function listedTags(server: RegistryServer, repository: string): Promise<readonly string[]> {
  const names: string[] = [];
  let path: string | undefined = `/v2/${repository}/tags/list`;
  while (path !== undefined) {
    const answer = await ask(server, "GET", path);
    if (answer.status === 404) return [];
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.body.toString()}`);
    names.push(...((JSON.parse(answer.body.toString()) as { tags: string[] | null }).tags ?? []));
    const next = /<([^>]*)>/.exec(answer.headers.link ?? "")?.[1];
    path = next === undefined ? undefined : new URL(next, server.origin).pathname + new URL(next, server.origin).search;
  }
  return names.sort();
}

/** The digest a reference resolves to, undefined where it is not there. */
export async function digestAt(
  server: RegistryServer,
  repository: string,
  reference: string,
): Promise<string | undefined> {
  const answer = await ask(server, "HEAD", `/v2/${repository}/manifests/${reference}`, { headers: { accept: types } });
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw new Error(`HEAD ${repository}:${reference}: ${answer.status}`);
  return answer.headers["docker-content-digest"];
}

/** The very bytes under a reference. */
export async function bytesAt(server: RegistryServer, repository: string, reference: string): Promise<Buffer> {
  const answer = await ask(server, "GET", `/v2/${repository}/manifests/${reference}`, { headers: { accept: types } });
  if (answer.status !== 200) throw new Error(`GET ${repository}:${reference}: ${answer.status}`);
  return answer.body;
}
