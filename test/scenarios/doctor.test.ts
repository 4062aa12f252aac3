import { describe, expect, it } from "vitest";
import type { DoctorDocument } from "../../src/app/doctor.ts";
import { RegistryError } from "../../src/registry/errors.ts";
import { openRegistry, type RegistryOptions } from "../support/sample-registry.ts";
import { setScene } from "./scene.ts";

const scene = setScene();

const byTag = "DELETE manifests/NOWHERE";
const byOlderPath = "DELETE tags/reference/NOWHERE";
const byDigest = "DELETE manifests/DIGEST";
const isLookedFor = "404 MANIFEST_UNKNOWN";
const noDigest = "400 DIGEST_INVALID";
const header = (name: string) => ["GET /v2/", `the header ${name}`] as const;

interface Case extends Pick<DoctorDocument, "kind" | "version" | "strategy" | "exact"> {
  readonly behaveLike: string;
  /** Request and answer that prove the kind, and those of each probe. */
  readonly proof: readonly [request: string, answer: string];
  readonly probes: readonly (readonly [request: string, answer: string])[];
  readonly bugs?: readonly string[];
}

const [native, gitlab, decoy] = ["native", "gitlab", "decoy"] as const;
const nobody = ["GET /v2/", "nothing in its greeting tells"] as const;
const unsupported = [
  [byTag, "400 UNSUPPORTED"],
  [byOlderPath, "400 UNSUPPORTED"],
] as const;

const cases: readonly Case[] = [
  {
    behaveLike: "oci",
    kind: "tagwise",
    version: null,
    strategy: native,
    exact: true,
    proof: header("server"),
    probes: [[byTag, isLookedFor]],
  },
  {
    behaveLike: "distribution2",
    kind: "distribution2",
    version: "2.x",
    strategy: decoy,
    exact: true,
    proof: [byTag, noDigest],
    bugs: ["distribution#3142", "distribution#3178", "distribution#1803"],
    probes: [
      [byTag, noDigest],
      [byDigest, isLookedFor],
    ],
  },
  {
    behaveLike: "distribution3",
    kind: "distribution3",
    version: "3.x",
    strategy: native,
    exact: true,
    proof: [byTag, isLookedFor],
    bugs: ["distribution#1803", "distribution#4891", "CVE-2026-41888"],
    probes: [[byTag, isLookedFor]],
  },
  {
    behaveLike: "gitlab",
    kind: "gitlab",
    version: "3.79.0-gitlab",
    strategy: gitlab,
    exact: null,
    proof: header("gitlab-container-registry-version"),
    probes: [
      [byTag, noDigest],
      [byOlderPath, isLookedFor],
    ],
  },
  {
    behaveLike: "harbor",
    kind: "unknown",
    version: null,
    strategy: decoy,
    exact: null,
    proof: nobody,
    probes: [...unsupported, [byDigest, isLookedFor]],
  },
  {
    behaveLike: "nexus",
    kind: "nexus",
    version: "3.89.0-09",
    strategy: decoy,
    exact: null,
    proof: header("server"),
    bugs: ["nexus-public#925"],
    probes: [
      [byTag, "405 UNSUPPORTED"],
      [byDigest, isLookedFor],
    ],
  },
  {
    behaveLike: "greedy",
    kind: "unknown",
    version: null,
    strategy: native,
    exact: null,
    proof: nobody,
    probes: [[byTag, isLookedFor]],
  },
];

async function examined(options: RegistryOptions, flags: readonly string[] = []) {
  const { host, push, tags } = await openRegistry(options);
  await push("team/app", ["v1", "latest"]);
  const { code, stdout } = await scene.tagwise(["doctor", `${host}/team/app`, "-o", "json", ...flags]);
  expect(await tags("team/app"), "it leaves nothing behind").toEqual(["latest", "v1"]);
  return { code, host, document: JSON.parse(stdout) as DoctorDocument };
}

/** A finding's request and answer without what differs from run to run. */
function told({ request, answer }: DoctorDocument["findings"][number]): readonly [string, string] {
  const place = request.replace("/v2/team/app/", "").replace(/tagwise-nowhere-\w+/, "NOWHERE");
  return [place.replace(/sha256:\w{64}/, "DIGEST"), answer.replace(/:.*/, "")];
}

describe("doctor proves what a registry is and allows", () => {
  it.each(cases)("that behaves like $behaveLike", async ({ behaveLike, proof, probes, bugs = [], ...facts }) => {
    const { code, host, document } = await examined({ behaveLike });
    const { findings, ...found } = document;
    const allowed = { deletion: "allowed", catalog: true };
    expect(code).toBe(0);
    expect(found).toEqual({ registry: host, repository: "team/app", ...facts, ...allowed });
    const catalog = ["GET /v2/_catalog?n=1", '200, "team/app" first'];
    const known = bugs.map(() => ["known of this kind", facts.kind]);
    expect(findings.map(told)).toEqual([proof, catalog, ...probes, ...known]);
    const named = facts.kind === "unknown" ? "no registry that tagwise knows" : facts.kind;
    expect(findings[0]?.says).toMatch(`this is ${named}: `);
    const issues = findings.map(({ says }) => /\(([\w-]+#?\d+)\)/.exec(says)?.[1]);
    expect(issues.filter((issue) => issue !== undefined)).toEqual(bugs);
  });

  it("that has deletion disabled, and no catalog", async () => {
    const gate: RegistryOptions["gate"] = ({ method }) =>
      method === "listRepositories" ? Promise.reject(new RegistryError("UNSUPPORTED", "no catalog")) : undefined;
    const { code, document } = await examined({ noDelete: true, gate });
    expect(code).toBe(4);
    expect(document).toMatchObject({ deletion: "disabled", strategy: null, exact: null, catalog: false });
    expect(document.findings.find(({ request }) => request.includes("_catalog"))).toMatchObject({
      severity: "warning",
      says: "does not list its repositories: name them",
    });
    expect(document.findings.filter(({ severity }) => severity === "problem")).toHaveLength(1);
  });

  it("that takes no push, and so no decoy", async () => {
    const gate: RegistryOptions["gate"] = ({ method }) =>
      method === "putManifest" ? Promise.reject(new RegistryError("DENIED", "no push")) : undefined;
    const registry = await openRegistry({ gate: (call) => (isPushed ? gate(call) : undefined) });
    let isPushed = false;
    await registry.push("team/app", ["v1"]);
    isPushed = true;
    const { code, stdout } = await scene.tagwise(["doctor", `${registry.host}/team/app`, "-o", "json"]);
    const { strategy, deletion, findings } = JSON.parse(stdout);
    expect([code, strategy, deletion]).toEqual([4, null, "allowed"]);
    expect(findings.filter(({ severity }: { severity: string }) => severity === "problem")).toMatchObject([
      { says: expect.stringContaining("refuses a push"), answer: "403 DENIED" },
    ]);
  });

  it.each([
    { behaveLike: "harbor", code: 0, exact: true, says: "removed one of two scratch tags, and the other stood" },
    { behaveLike: "greedy", code: 4, exact: false, says: /^the rehearsal failed: the second scratch tag went with / },
  ])("by a rehearsal, where it behaves like $behaveLike", async ({ behaveLike, exact, code, says }) => {
    const { code: ended, document } = await examined({ behaveLike }, ["--rehearse"]);
    expect([ended, document.exact]).toEqual([code, exact]);
    expect(document.findings.at(-1)?.says).toMatch(says);
  });

  it("in plain words", async () => {
    const { host, push } = await openRegistry();
    await push("team/app", ["v1"]);
    const { stdout } = await scene.tagwise(["doctor", host]);
    expect(stdout).toContain(`${host} (asked about team/app)\nkind      distribution2 2.x\ndeletion  allowed\n`);
    expect(stdout).toContain("strategy  decoy, proven to remove the named tag alone\n\ninfo     this is distribution2");
    expect(stdout).toMatch(/\n {9}DELETE \S+ → 404 MANIFEST_UNKNOWN: /);
  });
});
