import { describe, expect, it } from "vitest";
import { fingerprint, type Greeting, isProvenExact, type RegistryKind, refineByTagDeletion } from "./fingerprint.ts";
import { type StrategyName, strategyNames } from "./outcome.ts";

function greeting(more: Partial<Greeting>): Greeting {
  return { hostname: "registry.test", headers: {}, ...more };
}

describe("fingerprint()", () => {
  it.each([
    ["docker.io", "docker-hub"],
    ["registry-1.docker.io", "docker-hub"],
    ["notdocker.io", "unknown"],
    ["docker.io.evil.test", "unknown"],
    ["ghcr.io", "ghcr"],
    ["xghcr.io", "unknown"],
    ["123456789012.dkr.ecr.eu-west-1.amazonaws.com", "ecr"],
    ["123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "ecr"],
    ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"],
    ["dkr.ecr.example.com", "unknown"],
    ["team.azurecr.io", "acr"],
    ["europe-docker.pkg.dev", "artifact-registry"],
    ["gcr.io", "artifact-registry"],
    ["eu.gcr.io", "artifact-registry"],
    ["notgcr.io", "unknown"],
    ["127.0.0.1", "unknown"],
  ])("knows the host %s for %s", (hostname, kind) => {
    expect(fingerprint(greeting({ hostname })).kind).toBe(kind);
  });

  it.each([
    [{ "gitlab-container-registry-version": "3.79.0-gitlab" }, "gitlab", "3.79.0-gitlab"],
    [{ "x-jfrog-version": "Artifactory/7.9" }, "artifactory", "Artifactory/7.9"],
    [{ server: "Nexus/3.89.0-09 (COMMUNITY)" }, "nexus", "3.89.0-09"],
    [{ server: "tagwise" }, "tagwise", undefined],
    [{ server: "tagwise/1.2" }, "tagwise", "1.2"],
    [{ server: "nginx", "docker-distribution-api-version": "registry/2.0" }, "unknown", undefined],
    [{ server: "tagwiser" }, "unknown", undefined],
  ])("reads the headers %j as %s", (headers, kind, version) => {
    const found = fingerprint(greeting({ headers: headers as Greeting["headers"] }));
    expect([found.kind, found.version]).toEqual([kind, version]);
  });

  it.each([
    ["https://harbor.test/service/token", "harbor"],
    ["https://quay.test/v2/auth?x=y", "quay"],
    ["https://gitlab.test/jwt/auth", "gitlab"],
    ["https://gitea.test/v2/token", "gitea"],
    ["https://auth.test/token", "unknown"],
    ["https://auth.test/?path=/jwt/auth", "unknown"],
  ])("reads the realm %s as %s", (realm, kind) => {
    expect(fingerprint(greeting({ realm })).kind).toBe(kind);
  });

  it("says what gave it away", () => {
    for (const more of [
      { hostname: "ghcr.io" },
      { headers: { server: "tagwise" } },
      { realm: "https://x/jwt/auth" },
      {},
    ]) {
      expect(fingerprint(greeting(more)).because).not.toBe("");
    }
  });
});

describe("refineByTagDeletion()", () => {
  const message = "provided digest did not match uploaded content";
  const detail = "filesystem: Path not found: /docker/registry/v2/repositories/a/_manifests/tags/x/current/link";
  it.each([
    ["unknown", { code: "DIGEST_INVALID", message, detail: undefined }, "distribution2"],
    ["unknown", { code: "DIGEST_INVALID", message: "other words", detail: undefined }, "unknown"],
    ["unknown", { code: "MANIFEST_UNKNOWN", message: "", detail }, "distribution3"],
    ["unknown", { code: "MANIFEST_UNKNOWN", message: "", detail: "unknown tag" }, "unknown"],
    ["unknown", { code: "UNSUPPORTED", message, detail }, "unknown"],
    ["gitlab", { code: "DIGEST_INVALID", message, detail: undefined }, "gitlab"],
  ] as const)("takes %s with %j for %s", (kind, answer, refined) => {
    expect(refineByTagDeletion({ kind, because: "" }, answer).kind).toBe(refined);
  });
});

/**
 * Where `npm run test:real` removes tags from the very server. A new kind does not compile before it has a line here.
 */
const proven: Readonly<Record<RegistryKind, readonly StrategyName[]>> = {
  distribution2: ["decoy"],
  distribution3: ["native"],
  tagwise: ["native"],
  gitlab: [],
  harbor: [],
  quay: [],
  gitea: [],
  nexus: [],
  artifactory: [],
  "docker-hub": [],
  ghcr: [],
  ecr: [],
  acr: [],
  "artifact-registry": [],
  unknown: [],
};

describe("isProvenExact()", () => {
  it.each(Object.entries(proven))("holds on %s only %j for exact", (kind, strategies) => {
    expect(strategyNames.filter((strategy) => isProvenExact(kind as RegistryKind, strategy))).toEqual(strategies);
  });
});
