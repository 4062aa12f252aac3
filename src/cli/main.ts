import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";
import { writeAtOnce } from "./write-at-once.ts";

// the version is answered before anything is loaded: scripts ask for it often
if (argv.length === 3 && (argv[2] === "--version" || argv[2] === "-V")) {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  writeAtOnce(`${version}\n`);
  exit(0);
}
async function main(): Promise<void> {
  if (argv[2] === "__complete") {
    const { complete } = await import("./completion/complete.ts");
    await complete(argv.slice(3));
  } else if (argv[2] === "completion" && /^(?:bash|zsh|fish|powershell)$/.test(argv.slice(3).join(" "))) {
    const { action } = await import("./commands/completion.ts");
    await action(argv.slice(3), {});
  } else {
    const { run } = await import("./run.ts");
    await run(argv.slice(2));
  }
}

void main();
