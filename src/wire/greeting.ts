import { RegistryError } from "../registry/errors.ts";
import type { Response } from "./transport.ts";

/** Throws `UNSUPPORTED` (`NO_REGISTRY`) where an answer to `GET /v2/` comes from no registry; `host` names the server. */
export function expectRegistry(answer: Response, host: string): void {
  // a web server without a registry answers 404 to everything, and every tag would seem absent
  if (answer.status !== 404 && !isWebPage(answer)) return;
  throw new RegistryError("UNSUPPORTED", `there is no registry at ${host}`, {
    said: "NO_REGISTRY",
    status: 404,
    next: "check the host and the port; a registry answers GET /v2/ with 200 or 401",
  });
}

/**
 * True for a successful HTML page, as web servers give for any path; an HTML error page may come from a proxy before a
 * registry.
 */
function isWebPage({ status, headers }: Response): boolean {
  const isHtml = /^text\/html\b/i.test(headers["content-type"] ?? "");
  return status < 300 && isHtml && headers["docker-distribution-api-version"] === undefined;
}
