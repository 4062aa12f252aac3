const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A name that sorts by time: 10 characters of milliseconds and 16 of the given random bytes (ULID, Crockford's base 32). */
export function ulid(milliseconds: number, random: Uint8Array): string {
  let time = "";
  for (let rest = milliseconds, length = 0; length < 10; length++, rest = Math.floor(rest / 32))
    time = alphabet[rest % 32] + time;
  return time + Array.from({ length: 16 }, (_, index) => alphabet[(random[index] ?? 0) % 32]).join("");
}

export function isUlid(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}
