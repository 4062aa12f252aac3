import { describe, expect, it } from "vitest";
import { parseRealm } from "./realm.ts";

const realm = (text: string, origin = "https://registry.example", allowedRealms: readonly string[] = []): string => {
  try {
    return parseRealm(text, { origin: new URL(origin), allowedRealms }).href;
  } catch (error) {
    return error instanceof Error && "code" in error ? `${error.code}` : "thrown";
  }
};
const refused = "UNAUTHORIZED";

const never = [
  "169.254.169.254",
  "169.254.1.1",
  "2852039166", // 169.254.169.254 in decimal
  "0xa9fea9fe",
  "0xa9.0xfe.0xa9.0xfe",
  "0251.0376.0251.0376",
  "169.254.43518",
  "[fe80::1]",
  "[febf::1]",
  "[::ffff:169.254.169.254]",
  "[::ffff:a9fe:a9fe]",
  "[64:ff9b::a9fe:a9fe]",
  "[64:ff9b:1::a9fe:a9fe]",
  "[64:ff9b:1:2:3:4:a9fe:a9fe]",
  "[64:ff9b:1::]",
  "[::ffff:0:169.254.169.254]",
  "[2002:a9fe:a9fe::1]",
  "[fd00:ec2::254]",
  "0.0.0.0",
  "0",
  "0.1.2.3",
  "[::]",
  "[::ffff:0.0.0.0]",
  "100.100.100.200",
  "168.63.129.16",
  "255.255.255.255",
  "224.0.0.1",
  "[ff02::1]",
  "metadata.google.internal",
  "METADATA.google.internal.",
  "instance-data",
];
const inside = [
  "127.0.0.1",
  "127.1",
  "2130706433",
  "0x7f.1",
  "017700000001",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "auth.localhost",
  "localhost.localdomain",
  "ip6-localhost",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::127.0.0.1]",
  "10.0.0.1",
  "10.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "[::ffff:192.168.1.1]",
  "[64:ff9b::c0a8:101]",
  "[64:ff9b:1::a00:1]",
  "[::ffff:0:10.0.0.1]",
  "100.64.0.1",
  "[fc00::1]",
  "[fdff::1]",
];

describe("parseRealm()", () => {
  it.each(never)("never takes %s, whoever asks and whatever is allowed", (host) => {
    const allowed = [host, host.toLowerCase(), new URL(`https://${host}`).hostname];
    for (const origin of ["https://registry.example", "http://127.0.0.1:5000", `http://${host}`]) {
      expect(realm(`https://${host}/token`, origin)).toBe(refused);
      expect(realm(`https://${host}/token`, origin, allowed)).toBe(refused);
    }
  });

  it.each(inside)("takes %s only for a registry that is itself inside, or where it is allowed", (host) => {
    const { href, hostname } = new URL(`https://${host}/token`);
    expect(realm(`https://${host}/token`)).toBe(refused);
    expect(realm(`https://${host}/token`, "https://8.8.8.8")).toBe(refused);
    expect(realm(`https://${host}/token`, "https://registry.example", ["other.example"])).toBe(refused);
    expect(realm(`https://${host}/token`, "https://registry.example", [hostname.toUpperCase()])).toBe(href);
    for (const origin of ["https://127.0.0.1:5000", "https://localhost", "https://[::1]:5000", "https://192.168.1.2"]) {
      expect(realm(`https://${host}/token`, origin)).toBe(href);
    }
  });

  it.each([
    ["https://auth.example/token", "https://registry.example", [], "https://auth.example/token"],
    ["https://172.32.0.1/token", "https://registry.example", [], "https://172.32.0.1/token"],
    ["https://[2001:db8::1]/token", "https://registry.example", [], "https://[2001:db8::1]/token"],
    ["https://[64:ff9b:1::808:808]/token", "https://registry.example", [], "https://[64:ff9b:1::808:808]/token"],
    ["https://notlocalhost/token", "https://registry.example", [], "https://notlocalhost/token"],
    ["/token", "https://registry.example", [], "https://registry.example/token"],
    ["http://auth.example/token", "http://registry.example", [], "http://auth.example/token"],
    ["http://auth.example/token", "https://registry.example", [], refused],
    ["http://registry.example/token?a=b", "https://registry.example", [], "https://registry.example/token?a=b"],
    ["http://registry.example/token", "https://registry.example:8443", [], "https://registry.example:8443/token"],
    ["http://127.0.0.1:5000/token", "https://127.0.0.1:5000", [], "https://127.0.0.1:5000/token"],
    [
      "http://registry.example//evil.example/t",
      "https://registry.example",
      [],
      "https://registry.example//evil.example/t",
    ],
    ["http://registry.example:81/token", "https://registry.example", [], refused],
    [
      "http://registry.example/token",
      "https://registry.example",
      ["registry.example"],
      "http://registry.example/token",
    ],
    ["http://127.0.0.1:5001/token", "https://127.0.0.1:5000", [], refused],
    ["http://auth.example:80/token", "https://registry.example", ["auth.example"], "http://auth.example/token"],
    ["http://auth.example:81/token", "https://registry.example", ["auth.example:81"], "http://auth.example:81/token"],
    ["http://auth.example:82/token", "https://registry.example", ["auth.example:81"], refused],
    ["file:///etc/passwd", "https://registry.example", [], refused],
    ["javascript:0", "https://registry.example", [], refused],
    ["https://user:password@auth.example/token", "https://registry.example", [], refused],
    ["https://", "https://registry.example", [], refused],
  ])("reads %s under %s with %j allowed as %s", (text, origin, allowed, expected) => {
    expect(realm(text, origin, allowed)).toBe(expected);
  });

  it("names the flag that opens it", () => {
    const rules = { origin: new URL("https://registry.example"), allowedRealms: [] };
    expect(() => parseRealm("https://10.0.0.1:81/token", rules)).toThrow(
      expect.objectContaining({ next: expect.stringContaining("--allow-realm 10.0.0.1:81") }),
    );
  });

  it.each(["ftp://auth.example/", "https://169.254.169.254/", "https://me:x@auth.example/", "https://"])(
    "says of %s, which no flag opens, whose fault it is",
    (text) => {
      const rules = { origin: new URL("https://registry.example"), allowedRealms: [] };
      expect(() => parseRealm(text, rules)).toThrow(
        expect.objectContaining({ next: expect.stringContaining("the registry's configuration is at fault") }),
      );
    },
  );
});
