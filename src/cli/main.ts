import { argv } from "node:process";
import { tellVersion } from "./version.ts";

async function main(words: readonly string[]): Promise<void> {
  const [command, ...rest] = words;
  if (command === "__complete") {
    const { complete } = await import("./completion/complete.ts");
    await complete(rest);
  } else if (command === "completion" && /^(?:bash|zsh|fish|powershell)$/.test(rest.join(" "))) {
    const { action } = await import("./commands/completion.ts");
    await action(rest, {});
  } else if (!tellVersion(words)) {
    const { run } = await import("./run.ts");
    await run(words);
  }
}

void main(argv.slice(2));
