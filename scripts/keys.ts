import { readFileSync, writeFileSync } from "node:fs";
import { keyWord } from "../src/tui/keys/key-words.ts";
import { modeTitles } from "../src/tui/keys/modes.ts";
import { actsIn } from "../src/tui/keys/pressing.ts";

const page = new URL("../docs/guide/terminal-ui.md", import.meta.url);
const begin = "<!-- keys: made by `node --import tsx scripts/keys.ts` from src/tui/keys/keymap.ts -->";
const end = "<!-- end of the keys -->";

/** The keymap as tables. */
function keyTables(): string {
  const tables = modeTitles.map(([mode, title]) => {
    const rows = actsIn(mode).map(
      ([name, { keys, does }]) => `| ${keys.map((key) => `\`${keyWord(key)}\``).join(" ")} | ${name} | ${does} |`,
    );
    return `**${title}**\n\n| keys | act | does |\n| --- | --- | --- |\n${rows.join("\n")}`;
  });
  return `${begin}\n${tables.join("\n\n")}\n${end}`;
}

/** The page with the tables of today in it. */
export function withKeyTables(text: string): string {
  const [before = "", rest = ""] = text.split(begin);
  return `${before}${keyTables()}${rest.split(end)[1] ?? ""}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  writeFileSync(page, withKeyTables(readFileSync(page, "utf8")));
