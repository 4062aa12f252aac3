import { join } from "node:path";
import { readConfigFile } from "./config-file.ts";
import { folders } from "./folders.ts";

/**
 * The output format that was asked for, unchecked, for errors that come before the settings are read: by the last flag,
 * else by the environment, else by the config file.
 */
export async function askedOutput(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  return flagIn(words) ?? (environment.TAGWISE_OUTPUT || (await fileSays(folders(environment).config)));
}

/** The value of the last `-o`, which may end a group, as in `-qo json`; behind `--` there are no flags. */
function flagIn(words: readonly string[]): string | undefined {
  const end = words.indexOf("--");
  const flags = end < 0 ? words : words.slice(0, end);
  return flags
    .map((word, index) => {
      const [flag, value] = /^(?:--output(?:=|$)|-[a-zA-Z]*?o=?)(.*)$/.exec(word) ?? [];
      return flag && (value || flags[index + 1]);
    })
    .findLast((value) => value !== undefined);
}

/** What the config file says; nothing where it cannot be read, which may be the very error. */
async function fileSays(folder: string): Promise<unknown> {
  const { output } = await readConfigFile(join(folder, "config.yaml")).catch(() => ({ output: undefined }));
  return output;
}
