const sizes = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A size in words, such as `3.4 MB`; as for docker, a kilobyte has 1000 bytes. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < sizes.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${sizes[unit]}`;
}
