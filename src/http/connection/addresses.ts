import { BlockList, isIP } from "node:net";

/** The kind of a host or address; `never` is link-local, multicast, unspecified or a cloud's metadata service. */
export type HostKind = "public" | "private" | "never";

// made at first use, since making them takes a tenth of the start-up time
const never = lazily(
  ["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"],
  ["::/128", "fe80::/10", "ff00::/8"],
  // metadata and host services of Alibaba, Azure, Oracle and AWS that are not link-local
  ["100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"],
  ["fd00:ec2::/64", "fd20:ce::/64"],
);
const closed = lazily(
  ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15"],
  ["::1/128", "fc00::/7", "fec0::/10"],
);
const metadataName =
  /^(?:metadata|instance-data|metadata\.google\.internal|.*\.metadata\.google\.internal|metadata\.azure\.internal)$/;
const loopbackName =
  /^(?:(?:.+\.)?localhost|localhost6?(?:\.localdomain6?)?|ip6-(?:localhost|loopback)|.*\.localdomain)$/;

/**
 * The kind of a URL's host, without a DNS lookup; `URL` has already normalised decimal, octal and hexadecimal
 * addresses.
 */
export function hostKind({ hostname }: Pick<URL, "hostname">): HostKind {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  if (isIP(host) !== 0) return addressKind(host);
  if (metadataName.test(host)) return "never";
  return host === "" || loopbackName.test(host) ? "private" : "public";
}

/** The kind of an IPv4 or IPv6 address, also of an IPv4 address embedded in IPv6. */
export function addressKind(address: string): HostKind {
  const plain = address.replace(/%.*$/, ""); // without its zone
  if (plain.startsWith("64:ff9b:1:")) return addressKind(lastFour(plain)); // NAT64 within a network (RFC 8215)
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  if (never().check(plain, family)) return "never";
  return closed().check(plain, family) ? "private" : "public";
}

/** The last four bytes of an IPv6 address as IPv4: whichever prefix of 96 bits a network chose, there NAT64 has it. */
function lastFour(address: string): string {
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(":").slice(-2); // "" stands for zeros
  return groups.flatMap((group) => [Number(`0x0${group}`) >> 8, Number(`0x0${group}`) & 255]).join(".");
}

function lazily(...lists: readonly (readonly string[])[]): () => BlockList {
  let made: BlockList | undefined;
  return () => {
    made ??= blocking(lists.flat());
    return made;
  };
}

/**
 * Blocks IPv4 subnets in IPv6 too, which embeds them in five ways: mapped (BlockList knows it), compatible, translated,
 * NAT64 and 6to4.
 */
function blocking(subnets: readonly string[]): BlockList {
  const blocked = new BlockList();
  for (const [address, bits] of subnets.map(partsOfSubnet)) {
    if (isIP(address) === 6) {
      blocked.addSubnet(address, bits, "ipv6");
      continue;
    }
    blocked.addSubnet(address, bits, "ipv4");
    const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
    blocked.addSubnet(`::ffff:0:${address}`, 96 + bits, "ipv6");
    blocked.addSubnet(`64:ff9b::${address}`, 96 + bits, "ipv6");
    if (a !== 0) blocked.addSubnet(`::${address}`, 96 + bits, "ipv6"); // ::1 is no 0.0.0.1
    const pair = (high: number, low: number) => (high * 256 + low).toString(16);
    blocked.addSubnet(`2002:${pair(a, b)}:${pair(c, d)}::`, 16 + bits, "ipv6");
  }
  return blocked;
}

function partsOfSubnet(subnet: string): readonly [address: string, bits: number] {
  const slash = subnet.indexOf("/");
  return [subnet.slice(0, slash), Number(subnet.slice(slash + 1))];
}
