import { describe, expect, it } from "vitest";
import { serving } from "../../test/support/servers.ts";
import { parseRegistryPrefix } from "../registry/reference.ts";
import { openSession } from "./session.ts";

describe("openSession()", () => {
  it.each([
    { status: 404, says: "there is no registry at" },
    { status: 200, says: undefined },
    { status: 401, says: undefined },
  ])("a greeting of $status: $says", async ({ status, says }) => {
    const server = await serving((_, response) => void response.writeHead(status).end("{}"));
    const session = openSession(parseRegistryPrefix(server.host).registry, { retries: 0 });
    const error = await session.fingerprint().then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error instanceof Error ? error.message : undefined).toEqual(says && expect.stringContaining(says));
  });

  /** A GitLab whose first answers, without its header, come from a load balancer. */
  async function balanced(failures: number, status: number, headers: Readonly<Record<string, string>> = {}) {
    const times: number[] = [];
    const server = await serving((_, response) => {
      if (times.push(performance.now()) <= failures) return void response.writeHead(status, headers).end();
      response.writeHead(200, { "gitlab-container-registry-version": "4.0" }).end("{}");
    });
    return { address: parseRegistryPrefix(server.host).registry, times };
  }

  it.each([
    [429, { "retry-after": "1" }, 1000],
    [503, { "retry-after": "1" }, 1000],
    [500, {}, 0],
  ])("greets again after a %d with %j, and waits for as long as it asks to", async (status, headers, least) => {
    const { address, times } = await balanced(1, status, headers);
    expect(await openSession(address, { retries: 1 }).fingerprint()).toMatchObject({ kind: "gitlab" });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(least - 5);
  });

  it("greets anew after a greeting that failed, and never after one that did not", async () => {
    const { address, times } = await balanced(1, 503);
    const { fingerprint } = openSession(address, { retries: 0 });
    await expect(fingerprint()).rejects.toMatchObject({ code: "UNAVAILABLE", status: 503 });
    for (let n = 0; n < 3; n++) expect((await fingerprint()).kind).toBe("gitlab");
    expect(times).toHaveLength(2);
  });
});
