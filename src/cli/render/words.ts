const ages = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** An age such as `3 days ago`; a time in the future is written as a date. */
export function formatAge(time: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(time)) / 1000;
  if (!(seconds > -60)) return new Date(time).toISOString().slice(0, 10);
  const [name, unit] = ages.find(([, unit]) => seconds >= unit) ?? ["second", 1];
  if (name === "second") return "just now";
  const count = Math.floor(seconds / unit);
  return `${count} ${name}${count === 1 ? "" : "s"} ago`;
}

/** A digest as `sha256:` and its first twelve digits, as docker shows it. */
export function short(digest: string): string {
  return digest.replace(/^(\w+:\w{12})\w+$/, "$1");
}
