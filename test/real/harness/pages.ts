import { readFileSync } from "node:fs";

/** The shell blocks of a Markdown page, by the heading that they stand under, in order. */
export function shellBlocks(path: URL): ReadonlyMap<string, readonly string[]> {
  const blocks = new Map<string, string[]>();
  let heading = "";
  let block: string[] | undefined;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (block !== undefined) {
      if (line !== "```") {
        block.push(line);
        continue;
      }
      blocks.set(heading, [...(blocks.get(heading) ?? []), `${block.join("\n")}\n`]);
      block = undefined;
    } else if (line === "```sh") block = [];
    else if (line.startsWith("#")) heading = line.replace(/^#+ /, "");
  }
  return blocks;
}
