/**
 * Makes a tar archive (ustar) of regular files with owner root, mode 644 and the given time; the same files give the
 * same bytes.
 */
export function tarball(files: Readonly<Record<string, Uint8Array>>, modified: Date): Uint8Array {
  const blocks = Object.entries(files).flatMap(([path, content]) => [
    header(path, content.length, modified),
    content,
    new Uint8Array(-content.length & 511), // up to the next block of 512 bytes
  ]);
  return Buffer.concat([...blocks, new Uint8Array(1024)]);
}

/** The header of one file. Throws a `RangeError` for a path of more than 100 bytes. */
function header(path: string, size: number, modified: Date): Uint8Array {
  const block = Buffer.alloc(512);
  if (Buffer.byteLength(path) > 100) throw new RangeError(`the path is too long for a tar header: ${path}`);
  block.write(path, 0);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${octal(size, 11)}\0`, 124);
  block.write(`${octal(Math.floor(modified.getTime() / 1000), 11)}\0`, 136);
  block.write("        0", 148); // the checksum counts as spaces; then the type: a regular file
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(number: number, width: number): string {
  return number.toString(8).padStart(width, "0");
}
