import { expect, it } from "vitest";
import type { RegistryKind } from "./fingerprint.ts";
import { knownBugsOf } from "./known-bugs.ts";

it.each<readonly [kind: RegistryKind, version: string | undefined, bugs: readonly string[]]>([
  ["distribution3", undefined, ["distribution#1803", "distribution#4891", "CVE-2026-41888"]],
  ["distribution3", "3.x", ["distribution#1803", "distribution#4891", "CVE-2026-41888"]],
  ["distribution3", "3.0.0", ["distribution#1803", "CVE-2026-41888"]],
  ["distribution3", "3.1.0", ["distribution#1803", "distribution#4891", "CVE-2026-41888"]],
  ["distribution3", "3.1.1", ["distribution#1803", "distribution#4891"]],
  ["distribution3", "3.1.2", ["distribution#1803"]],
  ["distribution3", "3.10.0", ["distribution#1803"]],
  ["nexus", "3.81.1-01", []],
  ["nexus", "3.89.0-09", ["nexus-public#925"]],
  ["nexus", undefined, ["nexus-public#925"]],
  ["unknown", "3.89", []],
])("of %s %s are known %j", (kind, version, bugs) => {
  const found = knownBugsOf({ kind, ...(version !== undefined && { version }) });
  expect(found.map(({ says }) => /\((\S+)\)/.exec(says)?.[1])).toEqual(bugs);
});
