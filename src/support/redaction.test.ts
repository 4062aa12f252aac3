import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactHeader, redactText, redactUrl } from "./redaction.ts";

describe("redactUrl()", () => {
  it.each([
    ["/v2/a/tags/list?n=100&last=b", "/v2/a/tags/list?n=100&last=b"],
    [
      "/v2/a/blobs/uploads/1?_state=SECRET&digest=sha256:ab",
      "/v2/a/blobs/uploads/1?_state=<redacted>&digest=sha256:ab",
    ],
    ["https://user:SECRET@host/x", "https://redacted@host/x"],
    ["https://SECRET@host:5000/x?a=SECRET", "https://redacted@host:5000/x?a=<redacted>"],
    [
      "https://s3.host/b/k?X-Amz-Signature=SECRET&X-Amz-Credential=SECRET",
      "https://s3.host/b/k?X-Amz-Signature=<redacted>&X-Amz-Credential=<redacted>",
    ],
    [
      "https://h/token?service=r&scope=repository:a/b:pull,push&account=u",
      "https://h/token?service=r&scope=repository:a/b:pull,push&account=<redacted>",
    ],
    ["https://h/#SECRET", "https://h/"],
    ["https://", "<redacted>"],
  ])("shows %j as %j", (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  const secret = fc.stringMatching(/^SECRET[a-zA-Z0-9]{3,10}$/);
  const name = fc
    .stringMatching(/^[a-z_-]{1,10}$/)
    .filter((text) => !["n", "last", "digest", "mount", "from", "scope", "service"].includes(text));
  it("shows no value of a parameter that is not known to be harmless, nor a password", () => {
    fc.assert(
      fc.property(secret, name, (hidden, parameter) => {
        const shown = redactUrl(`https://u:${hidden}@host/path?${parameter}=${hidden}&n=1#${hidden}`);
        expect(shown).not.toContain("SECRET");
        expect(shown).toContain("n=1");
      }),
    );
  });
});

describe("redactHeader()", () => {
  it.each([
    ["authorization", "Basic dTpw", "Basic <redacted>"],
    ["authorization", "Bearer eyJ", "Bearer <redacted>"],
    ["authorization", "dTpw", "<redacted>"],
    ["cookie", "a=b", undefined],
    ["set-cookie", "a=b", undefined],
    ["proxy-authorization", "Basic dTpw", undefined],
    ["x-registry-auth", "eyJ", undefined],
    ["x-new-token", "eyJ", undefined],
    ["location", "https://h/b?sig=SECRET", "https://h/b?sig=<redacted>"],
    ["link", '</v2/a?last=b&token=SECRET>; rel="next"', '</v2/a?last=b&token=<redacted>>; rel="next"'],
    ["link", '/v2/a?last=b&token=SECRET; rel="next"', '/v2/a?last=b&token=<redacted>; rel="next"'],
    ["docker-content-digest", "sha256:ab", "sha256:ab"],
  ])("shows %s: %s as %j", (name, value, shown) => {
    expect(redactHeader(name, value)).toBe(shown);
  });
});

describe("redactText()", () => {
  it.each([
    ["insufficient scope in Bearer eyJa.eyJb.c-_", "insufficient scope in Bearer <redacted>"],
    ['got "Bearer opaqueTokenXyz", sorry', 'got "Bearer <redacted>", sorry'],
    ["bearer abc123", "bearer <redacted>"],
    [`Bearer ${"a".repeat(40)}`, "Bearer <redacted>"],
    ["Authorization: Basic dTpw was refused", "Authorization: Basic <redacted> was refused"],
    ["Basic YWxp+/Y2U6c2VjcmV0==", "Basic <redacted>"],
    ["the token eyJhbGciOi.eyJzdWIi.sig-_x has expired", "the token <redacted> has expired"],
    ["cut: eyJhbGciOi.eyJz", "cut: <redacted>"],
    ["Bearer token expired; Basic authentication required.", "Bearer token expired; Basic authentication required."],
    ['Bearer realm="https://h/token"', 'Bearer realm="https://h/token"'],
    ["Basic Authorization.", "Basic Authorization."],
    ["eyJ is no token", "eyJ is no token"],
  ])("shows %j as %j", (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });
});
