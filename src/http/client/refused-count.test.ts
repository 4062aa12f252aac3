import { describe, expect, it } from "vitest";
import { parseRepositoryName } from "../../registry/names.ts";
import { bodyOf } from "../../wire/body.ts";
import { httpRegistry } from "./client.ts";

const repository = parseRepositoryName("team/app");
const list = { tags: ["a"], repositories: ["team/app"] };

/** A registry that answers so whatever it is asked with an `n`. */
function refusingCounts(status: number, code: string) {
  const seen: string[] = [];
  const registry = httpRegistry(async ({ path }) => {
    seen.push(path.replace(/\?$/, ""));
    const isRefused = path.includes("n=");
    const told = isRefused ? { errors: [{ code, message: "no" }] } : list;
    const body = bodyOf(new TextEncoder().encode(JSON.stringify(told)));
    return { status: isRefused ? status : 200, headers: {}, body };
  });
  return { registry, seen };
}

describe("a count of names that the registry refuses", () => {
  it.each([
    ["distribution", 400, "PAGINATION_NUMBER_INVALID"],
    ["ECR", 405, "UNSUPPORTED"],
  ])("is left out then, as by %s with %d", async (_, status, code) => {
    const { registry, seen } = refusingCounts(status, code);
    expect(await registry.listTags(repository, { limit: 9000 })).toEqual({ items: ["a"] });
    expect(await registry.listRepositories()).toEqual({ items: [repository] });
    expect(seen).toEqual([
      "/v2/team/app/tags/list?n=9000",
      "/v2/team/app/tags/list",
      "/v2/_catalog?n=1000",
      "/v2/_catalog",
    ]);
  });

  it.each([
    ["that another failure came for", { limit: 9000 }, 500],
    ["that the registry gave itself, in a cursor", { cursor: "/v2/team/app/tags/list?n=9000&last=a" }, 400],
  ])("is not left out where it is one %s", async (_, page, status) => {
    const { registry, seen } = refusingCounts(status, "UNKNOWN");
    await expect(registry.listTags(repository, page)).rejects.toMatchObject({ status });
    expect(seen).toHaveLength(1);
  });
});
