/** One authentication scheme that a server offers in `WWW-Authenticate`. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** `realm`, `service`, `scope`, `error`; names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = "[!#$%&'*+.^_`|~0-9a-zA-Z-]+";
const parameter = new RegExp(`^[\\s,]*(${token})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,]*))`);
const scheme = new RegExp(`^[\\s,]*(${token})(?=[\\s,]|$)`);
const token68 = /^\s+[\w.~+/-]+=*\s*(?=,|$)/; // what Negotiate and NTLM send instead of parameters

/**
 * Parses a `WWW-Authenticate` header, which may hold several challenges (RFC 9110, 11.6.1); stops at what it cannot
 * parse.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  for (let rest = header.slice(0, 16_384); rest.length > 0; ) {
    const pair = parameter.exec(rest);
    const current = challenges.at(-1);
    if (pair?.[1] !== undefined && current !== undefined) {
      current.parameters[pair[1].toLowerCase()] ??= pair[2]?.replace(/\\(.)/g, "$1") ?? pair[3] ?? "";
      rest = rest.slice(pair[0].length);
      continue;
    }
    const name = scheme.exec(rest);
    if (name?.[1] === undefined) break;
    challenges.push({ scheme: name[1].toLowerCase(), parameters: Object.create(null) });
    rest = rest.slice(name[0].length).replace(token68, "");
  }
  return challenges;
}

/** Writes a challenge as the value of a `WWW-Authenticate` header. */
export function formatChallenge({ scheme, parameters }: Challenge): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, "\\$&")}"`);
  return [scheme.replace(/^./, (letter) => letter.toUpperCase()), pairs.join(",")].join(" ").trim();
}
