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
});
