import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RegistryError } from "./errors.ts";
import { formatReference, parseImageReference, parseRegistryPrefix } from "./reference.ts";

const digest = `sha256:${"0a".repeat(32)}`;

describe("parseImageReference()", () => {
  it.each([
    ["alpine", "docker.io/library/alpine", "https://registry-1.docker.io/"],
    ["alpine:3.20", "docker.io/library/alpine:3.20", "https://registry-1.docker.io/"],
    ["team/app:v1", "docker.io/team/app:v1", "https://registry-1.docker.io/"],
    ["docker.io/alpine", "docker.io/library/alpine", "https://registry-1.docker.io/"],
    ["index.docker.io/team/app", "docker.io/team/app", "https://registry-1.docker.io/"],
    ["INDEX.docker.io:443/alpine", "docker.io/library/alpine", "https://registry-1.docker.io/"],
    ["docker.io:5000/alpine", "docker.io:5000/alpine", "https://docker.io:5000/"],
    ["registry.test:443/app", "registry.test/app", "https://registry.test/"],
    ["registry.test:80/app", "registry.test:80/app", "https://registry.test:80/"],
    ["http://registry.test:80/app", "registry.test/app", "http://registry.test/"],
    ["http://registry.test:443/app", "registry.test:443/app", "http://registry.test:443/"],
    ["registry.test:05000/app", "registry.test:5000/app", "https://registry.test:5000/"],
    ["registry.test:00443/app", "registry.test/app", "https://registry.test/"],
    ["localhost:80/app", "localhost/app", "http://localhost/"],
    ["[::1]:80/app", "[::1]/app", "http://[::1]/"],
    ["localhost/app:v1", "localhost/app:v1", "http://localhost/"],
    ["localhost:5000/app", "localhost:5000/app", "http://localhost:5000/"],
    ["127.0.0.1:5000/team/app:test1", "127.0.0.1:5000/team/app:test1", "http://127.0.0.1:5000/"],
    ["127.8.9.1/app", "127.8.9.1/app", "http://127.8.9.1/"],
    ["[::1]:5000/app:v1", "[::1]:5000/app:v1", "http://[::1]:5000/"],
    ["10.0.0.1:5000/app", "10.0.0.1:5000/app", "https://10.0.0.1:5000/"],
    ["http://registry.test/app:v1", "registry.test/app:v1", "http://registry.test/"],
    ["https://localhost:5000/app", "localhost:5000/app", "https://localhost:5000/"],
    ["http://myhost/app", "myhost/app", "http://myhost/"],
    ["REGISTRY.test/app:V1", "registry.test/app:V1", "https://registry.test/"],
    [`registry.test/a/b/c:v1@${digest}`, `registry.test/a/b/c:v1@${digest}`, "https://registry.test/"],
    [`registry.test/app@${digest}`, `registry.test/app@${digest}`, "https://registry.test/"],
    ["registry.test/a__b/c-d.e:__proto__", "registry.test/a__b/c-d.e:__proto__", "https://registry.test/"],
  ])("reads %s", (text, full, origin) => {
    const reference = parseImageReference(text);
    expect([formatReference(reference), reference.registry.origin.href]).toEqual([full, origin]);
  });

  it.each([
    ["", /repository/],
    ["registry.test/", /repository is missing/],
    ["http://registry.test", /repository is missing/],
    ["registry.test/:v1", /repository is missing/],
    ["registry.test/App", /repository name "App"/],
    ["registry.test/a//b", /repository name/],
    ["registry.test/../etc", /repository name/],
    ["registry.test/app:", /tag ""/],
    ["registry.test/app:v 1", /tag "v 1"/],
    [`registry.test/app:${"x".repeat(129)}`, /tag/],
    ["registry.test/app@sha256:abc", /digest/],
    ["registry.test/app@", /digest/],
    [`registry.test/app@${digest}@${digest}`, /two digests/],
    [`registry.test/app@${digest}:v1`, /digest/],
    ["registry.test:99999/app", /not a host/],
    ["registry.test:/app", /not a host/],
    ["-.test/app", /not a host/],
    ["[::1/app", /not a host/],
    ["[nonsense]/app", /not a host/],
    ["ftp://registry.test/app", /repository name|not a host/],
    ["registry.test\\@evil.test/app", /not a host/],
    ["registry.test?x/app", /not a host/],
    ["registry.test/app?x=y", /repository name/],
    ["registry.test/app#x", /repository name/],
    ["registry.test/app:v1\n", /tag/],
    ["registry.test/аpp", /repository name/],
    [`${"a/".repeat(200)}b`, /repository name/],
  ])("says which part of %j is wrong, and how it should look", (text, why) => {
    const error = failing(() => parseImageReference(text));
    expect(error.message).toMatch(why);
    expect(error.next).toContain("HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]");
  });

  it.each(["https://user:s3cret@registry.test/app:v1", "user:s3cret@registry.test/app:v1"])(
    "repeats no password of %s",
    (text) => {
      const error = failing(() => parseImageReference(text));
      expect(`${error.message} ${error.next} ${error.stack}`).not.toContain("s3cret");
    },
  );

  it("gives the scheme of the text before any other, and the one asked for before the host's", () => {
    const schemeOf = (text: string, scheme: "http" | "https") =>
      parseImageReference(text, { scheme }).registry.origin.protocol;
    expect(schemeOf("registry.test/app", "http")).toBe("http:");
    expect(schemeOf("localhost/app", "https")).toBe("https:");
    expect(schemeOf("https://localhost/app", "http")).toBe("https:");
  });

  const host = fc.constantFrom(
    "registry.test",
    "localhost",
    "127.0.0.1:5000",
    "[::1]:5000",
    "docker.io",
    "a.b-c.test:65535",
  );
  const component = fc.stringMatching(/^[a-z0-9]{1,5}(?:(?:\.|_|__|-)[a-z0-9]{1,5}){0,2}$/);
  const reference = fc.record({
    host,
    path: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
    tag: fc.option(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/), { nil: undefined }),
    digest: fc.option(
      fc.stringMatching(/^[a-f0-9]{64}$/).map((hex) => `sha256:${hex}`),
      { nil: undefined },
    ),
  });

  it("reads what it writes as the same", () => {
    fc.assert(
      fc.property(reference, ({ host: name, path, tag, digest: at }) => {
        const text = `${name}/${path}${tag === undefined ? "" : `:${tag}`}${at === undefined ? "" : `@${at}`}`;
        const parsed = parseImageReference(text);
        expect(parseImageReference(formatReference(parsed))).toEqual(parsed);
        expect([parsed.tag, parsed.digest]).toEqual([tag, at]);
        if (name !== "docker.io") expect(formatReference(parsed)).toBe(text);
      }),
    );
  });

  it("reads any text, or says in one sentence why not", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.stringMatching(/^[a-z:/@.[\]-]{0,30}$/)),
        (text) => {
          try {
            const parsed = parseImageReference(text);
            expect(parseImageReference(formatReference(parsed)).repository).toBe(parsed.repository);
          } catch (error) {
            expect(error).toMatchObject({ code: "NAME_INVALID" });
          }
        },
      ),
    );
  });
});

describe("parseRegistryPrefix()", () => {
  it.each([
    ["127.0.0.1:5000", "127.0.0.1:5000", ""],
    ["registry.test/team", "registry.test", "team"],
    ["registry.test/team/", "registry.test", "team"],
    ["http://registry.test", "registry.test", ""],
    ["docker.io/library", "docker.io", "library"],
  ])("reads %s", (text, name, prefix) => {
    const found = parseRegistryPrefix(text);
    expect([found.registry.host, found.prefix]).toEqual([name, prefix]);
  });

  it.each(["", "/", "registry.test/Team", "registry.test/team:v1", "http://"])("refuses %j", (text) => {
    expect(failing(() => parseRegistryPrefix(text)).code).toBe("NAME_INVALID");
  });
});

function failing(work: () => unknown): RegistryError {
  try {
    work();
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
  throw new Error("it was read");
}
