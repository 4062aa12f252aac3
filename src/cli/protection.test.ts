import { expect, it } from "vitest";
import { parseRepositoryName, parseTag } from "../registry/names.ts";
import { parseRegistryPrefix } from "../registry/reference.ts";
import { protection } from "./protection.ts";

it.each([
  ["latest", "r.example", true],
  ["app:*", "r.example", false],
  ["team/app:late*", "r.example", true],
  ["**", "r.example", true],
  ["**:latest", "r.example", true],
  ["**:late*", "r.example", true],
  ["**:*", "r.example", true],
  ["te**:latest", "r.example", true],
  ["**pp:latest", "r.example", true],
  ["r.example/**:latest", "r.example", true],
  ["**/app:latest", "r.example", true],
  ["**/team/app:latest", "r.example", true],
  ["team/**", "r.example", true],
  ["**:stable", "r.example", false],
  ["be**:latest", "r.example", false],
  ["*:latest", "r.example", false],
  ["r.example/**", "r.example", true],
  ["r.example/**", "r.example:443", true],
  ["r.example:443/**", "r.example", true],
  ["r.example:443/**", "r.example:443", true],
  ["r.example:8443/**", "r.example", false],
  ["other.example/**", "r.example", false],
])("the glob %s protects a tag latest of team/app on %s: %s", (glob, host, isProtected) => {
  const protectedBy = protection([glob], parseRegistryPrefix(host).registry);
  const found = protectedBy(parseRepositoryName("team/app"), parseTag("latest"));
  expect(found).toBe(isProtected ? glob : undefined);
});
