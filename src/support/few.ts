/** The first `most` names and how many more there are; `names` may itself be only the first of `total`. */
export function few(names: readonly string[], most: number, total: number = names.length): string {
  const shown = total > most + 1 ? names.slice(0, most) : names;
  const more = total - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
