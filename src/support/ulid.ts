const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const latest = 2 ** 48 - 1;

/**
 * Makes a ULID, a name that sorts by time: 10 characters of milliseconds and 16 of the random bytes, in Crockford's
 * base 32.
 */
export function ulid(milliseconds: number, random: Uint8Array): string {
  let time = "";
  const within = Math.min(Math.max(Math.floor(milliseconds) || 0, 0), latest); // clocks may be wrong
  for (let rest = within, length = 0; length < 10; length++, rest = Math.floor(rest / 32))
    time = alphabet[rest % 32] + time;
  return time + Array.from({ length: 16 }, (_, index) => alphabet[(random[index] ?? 0) % 32]).join("");
}

/** Makes a ULID that sorts after `former`, also where the clock was set back. */
export function ulidAfter(former: string, milliseconds: number, random: Uint8Array): string {
  return ulid(Math.max(milliseconds, timeOf(former) + 1), random);
}

/** The milliseconds that a name begins with. */
export function timeOf(id: string): number {
  return [...id.slice(0, 10)].reduce((time, letter) => time * 32 + alphabet.indexOf(letter), 0);
}

/** True for a text with the form of a ULID. */
export function isUlid(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}
