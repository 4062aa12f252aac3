/** Docker Hub as people name it; a reference without a host means it. */
export const dockerHub = "docker.io";

/** The hosts under which people name Docker Hub's registry. */
export const hubHosts: readonly string[] = [dockerHub, "index.docker.io", "registry-1.docker.io"];

/** True where the first part of a reference is a host, as docker tells it from a part of a repository's name. */
export function namesHost(first: string): boolean {
  return /[.:[]|^localhost$/.test(first);
}

/** True for a URL's host name that leads to this machine, for which http is spoken. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** The port of an http or https URL, also where only the scheme implies it. */
export function portOf({ port, protocol }: Pick<URL, "port" | "protocol">): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}
