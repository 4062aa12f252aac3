import { describe, expect, it } from "vitest";
import { isLoopback, namesHost, portOf } from "./hosts.ts";

describe("namesHost()", () => {
  it.each(["docker.io", "localhost", "localhost:5000", "registry:5000", "127.0.0.1", "[::1]:5000", "[::1]"])(
    "%s is a host",
    (first) => expect(namesHost(first)).toBe(true),
  );

  it.each(["", "library", "team-a", "localhosts", "my_localhost"])("%j is none", (first) =>
    expect(namesHost(first)).toBe(false),
  );
});

describe("isLoopback()", () => {
  it.each(["http://localhost", "http://127.0.0.1:5000", "http://127.1", "http://[::1]", "http://LOCALHOST"])(
    "%s is this machine",
    (url) => expect(isLoopback(new URL(url).hostname)).toBe(true),
  );

  it.each(["http://128.0.0.1", "http://127.0.0.1.example", "http://localhost.example", "http://[::2]"])(
    "%s may be another",
    (url) => expect(isLoopback(new URL(url).hostname)).toBe(false),
  );
});

describe("portOf()", () => {
  it.each([
    ["http://r.example", 80],
    ["https://r.example", 443],
    ["https://r.example:443", 443],
    ["https://r.example:80", 80],
    ["http://r.example:5000", 5000],
  ])("%s means port %d", (url, port) => expect(portOf(new URL(url))).toBe(port));
});
