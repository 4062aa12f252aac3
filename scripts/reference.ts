import { writeFileSync } from "node:fs";
import { buildProgram } from "../src/cli/definitions/program.ts";

const page = new URL("../docs/reference/cli.md", import.meta.url);

/** The reference of the command line, made from the commands themselves. */
export function cliReference(): string {
  const program = buildProgram();
  const helpOf = (command: typeof program) => {
    command.configureHelp({ helpWidth: 100 });
    return command.helpInformation().trimEnd();
  };
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  const shown = commands.filter((command) => !command.name().startsWith("__"));
  const sections = shown.map((command) => {
    const name = command.parent === program ? command.name() : `${command.parent?.name()} ${command.name()}`;
    return `## tagwise ${name}\n\n\`\`\`text\n${withoutCommonFlags(helpOf(command))}\n\`\`\``;
  });
  const common = /Flags of every command:\n[\s\S]*/.exec(helpOf(shown[0] ?? program))?.[0] ?? "";
  const head =
    "# Command line\n\nMade from the commands by `node --import tsx scripts/reference.ts`; a test keeps it true.";
  return `${[head, ...sections, `## Every command\n\n\`\`\`text\n${common.trimEnd()}\n\`\`\``].join("\n\n")}\n`;
}

function withoutCommonFlags(help: string): string {
  return help.replace(/\n\nFlags of every command:\n[\s\S]*/, "");
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(page, cliReference());
