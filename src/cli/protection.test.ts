import { expect, it } from "vitest";
import { parseRepositoryName, parseTag } from "../registry/names.ts";
import { parseImageReference, parseRegistryPrefix } from "../registry/reference.ts";
import { UsageError } from "./errors.ts";
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
  ["team/app{:latest,:stable}", "r.example", true],
  ["team/ap?:latest", "r.example", true],
  ["!team/other", "r.example", true],
])("the glob %s protects a tag latest of team/app on %s: %s", (glob, host, isProtected) => {
  const protectedBy = protection([glob], parseRegistryPrefix(host).registry);
  const found = protectedBy(parseRepositoryName("team/app"), parseTag("latest"));
  expect(found).toBe(isProtected ? glob : undefined);
});

it.each([
  ["alpine:latest", "alpine", true],
  ["alpine:latest", "docker.io/alpine", true],
  ["docker.io/alpine:*", "alpine", true],
  ["index.docker.io/library/alpine:*", "alpine", true],
  ["library/alpine:late*", "registry-1.docker.io/library/alpine", true],
  ["docker.io/alpine:*", "docker.io/team/alpine", false],
  ["LOCALHOST:5000/app:*", "localhost:5000/app", true],
  ["https://r.example/app:*", "r.example/app", true],
  ["R.example/app:*", "http://r.example:8080/app", false],
  ["localhost:5000/app:latest", "127.0.0.1:5000/app", true],
  ["127.0.0.1:5000/**", "localhost:5000/app", true],
  ["127.0.0.1:5000/**", "localhost:5001/app", false],
  ["127.0.0.1:5000/**", "r.example:5000/app", false],
])("the glob %s protects %s:latest: %s, by whatever name", (glob, name, isProtected) => {
  const { registry, repository } = parseImageReference(name);
  const found = protection([glob], registry)(repository, parseTag("latest"));
  expect(found).toBe(isProtected ? glob : undefined);
});

it.each(["team/app", "r.example/team/app", "127.0.0.1:5000/app", "team/{app,other}", "team/app/"])(
  "the glob %s names no tag, and is refused",
  (glob) => {
    const { registry } = parseRegistryPrefix("r.example");
    expect(() => protection([glob], registry)).toThrow(UsageError);
  },
);
