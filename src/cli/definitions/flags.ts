import { Option } from "commander";

/** The flags of every command; all but --password-stdin can also be set as TAGWISE_NAME and in the config file. */
export function commonFlags(): readonly Option[] {
  return [
    formatOption(),
    new Option("-q, --quiet", "say nothing but results and errors"),
    new Option("-v, --verbose", "show each request and its answer on standard error"),
    new Option("--concurrency <n>", "requests at once (default: 8)"),
    new Option("--rate <n>", "requests a second at most"),
    new Option("--timeout <duration>", "give a request up after this long without an answer (default: 60s)"),
    new Option("--retries <n>", "repeat a request that may pass later so often (default: 3)"),
    new Option("--no-cache", "read manifests and configs anew, and keep none on the disk"),
    new Option("--plain-http", "speak http, also to hosts that are not loopback"),
    new Option("--tls", "speak https, also to loopback"),
    new Option("--ca <file>", "trust the certificate authorities in this file too"),
    new Option("--cert <file>", "client certificate"),
    new Option("--key <file>", "key of the client certificate"),
    new Option("--insecure", "do not check the server's certificate"),
    new Option(
      "--allow-realm <host>",
      "let this host serve tokens although its address is private (repeatable)",
    ).argParser(collect),
    new Option("--username <name>", "who asks"),
    new Option("--password-stdin", "read the password from standard input"),
    new Option("--authfile <file>", "credentials in the form of containers-auth.json"),
    new Option("--journal <dir>", "where operations are written down (default: the user's state folder)"),
  ];
}

/** The flag `--output`, also as `-o=json`, which users of kubectl write. */
function formatOption(): Option {
  const option = new Option("-o, --output <format>", "how to answer").choices(["text", "json", "jsonl"]);
  const parse = option.parseArg;
  return option.argParser((value, before) => parse?.(value.replace(/^=/, ""), before));
}

/** The flag `--yes` of commands that ask before they act. */
export function withoutAsking(): Option {
  return new Option("-y, --yes", "do not ask");
}

/** The flag `--wait` of commands that lock repositories. */
export function waiting(): Option {
  return new Option("--wait <duration>", "wait for another tagwise on the same repository (default: 30s)");
}

/** Collects the values of a repeatable flag. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}
