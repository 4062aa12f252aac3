import { expect, it } from "vitest";
import { serving } from "../../test/support/servers.ts";
import { openSession } from "../app/session.ts";
import { parseRepositoryName, parseTag } from "../registry/names.ts";
import { parseRegistryPrefix } from "../registry/reference.ts";
import { describeFailure } from "./fail.ts";

it.each([
  ...[300, 301, 302, 303, 304, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418],
  ...[421, 422, 423, 424, 425, 426, 428, 429, 431, 451],
  ...[500, 501, 502, 503, 504, 505, 507, 508, 511],
])("an answer %i, which is no success, says what to do", async (status) => {
  const { host } = await serving((_, answer) => answer.writeHead(status).end());
  const { registry } = openSession(parseRegistryPrefix(host).registry, { retries: 0 });
  const [app, tag] = [parseRepositoryName("app"), parseTag("a")];
  const asked = [registry.listRepositories(), registry.listTags(app), registry.resolve(app, tag)];
  for (const { status: settled, ...answer } of await Promise.allSettled(asked)) {
    expect(settled).toBe("rejected");
    const next = expect.stringMatching(/\w/);
    expect("reason" in answer && describeFailure(answer.reason)).toMatchObject({ next });
    expect("reason" in answer && describeFailure(answer.reason).code).not.toBe("FAILED"); // it is no fault of ours
  }
});
