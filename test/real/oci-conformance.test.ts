import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { startEmbeddedHere } from "./harness/embedded-here.ts";
import { run } from "./harness/run.ts";
import { describeWith, openStage } from "./harness/suite.ts";

interface Results {
  readonly apis: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** What the suite leaves out by default for version 1.1: drafts of the specification. */
const drafts = ["Manifest put with tag params", "Sparse Manifests", "Tag Param", "Tag Param sha512"];

/** What it leaves out by default although 1.1 allows it. */
const more = {
  OCI_API_BLOBS_UPLOAD_CANCEL: "true",
  OCI_API_BLOBS_DIGEST_HEADER: "true",
  OCI_API_MANIFESTS_DIGEST_HEADER: "true",
};

describeWith(["conformance"], "the conformance suite of the OCI distribution specification", () => {
  const stage = openStage();

  it.each(["memory", "directory"])("passes whole on %s", async (where) => {
    const storage = where === "directory" ? { storage: stage.newDirectory("storage") } : {};
    const server = await startEmbeddedHere(stage, storage);
    const results = stage.newDirectory("results");
    const environment = {
      ...more,
      OCI_VERSION: "1.1",
      OCI_REGISTRY: server.host,
      OCI_TLS: "disabled",
      OCI_RESULTS_DIR: results,
    };
    const { code, stdout, stderr } = await run(stage, "conformance", [], { environment, directory: results });
    const counts = countsIn(stdout);
    console.log(`conformance on ${where}: ${JSON.stringify(counts)}`);

    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(counts).toMatchObject({ FAIL: 0, Error: 0, Skip: 0 });
    expect(counts.Pass).toBeGreaterThan(800);
    const { apis, data } = parse(readFileSync(join(results, "results.yaml"), "utf8")) as Results;
    for (const [name, status] of Object.entries({ ...apis, ...data })) {
      expect({ name, status }).toEqual({ name, status: drafts.includes(name) ? "Disabled" : "Pass" });
    }
  });
});

/** Reads `Pass......: 858`. */
function countsIn(output: string): Readonly<Record<string, number>> {
  const lines = [...output.matchAll(/^\s*(Disabled|Skip|Pass|FAIL|Error|Total)\.+:\s+(\d+)$/gm)];
  return Object.fromEntries(lines.map(([, name, count]) => [name, Number(count)]));
}
