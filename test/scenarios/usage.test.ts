import { describe, expect, it } from "vitest";
import { setScene } from "./scene.ts";

describe("what was typed wrong", () => {
  const scene = setScene();
  const digest = `sha256:${"a".repeat(64)}`;

  it.each([
    ["no command, and no terminal", [], /needs a terminal; the plain command is: tagwise ls HOST/],
    [
      "flags alone, and no terminal",
      ["--plain-http", "-q"],
      /needs a terminal; the plain command is: tagwise ls HOST\n$/,
    ],
    ["a registry where a repository is wanted", ["tags", "HOST"], /the repository is missing/],
    ["an empty reference", ["rm", "", "--yes"], /the repository is missing/],
    ["a rehearsal nowhere", ["doctor", "HOST", "--rehearse"], /name the repository/],
    ["an unknown command", ["delete", "HOST/a:b"], /unknown command.*delete/],
    ["a command that is nearly right", ["tag", "HOST/a"], /unknown command.*tag[\s\S]*tags/],
    ["help on an unknown command", ["help", "delete"], /unknown command 'delete'\n {2}tagwise help lists/],
    ["a missing reference", ["rm", "--yes"], /reference/],
    ["no tag", ["rm", "HOST/team/app", "--yes"], /names no tag/],
    ["a digest alone", ["rm", `HOST/team/app@${digest}`, "--yes"], /names no tag/],
    ["an empty tag", ["rm", "HOST/team/app:", "--yes"], /invalid tag ""/],
    ["a tag with a bad character", ["rm", "HOST/team/app:a~b", "--yes"], /invalid tag "a~b"/],
    ["a tag that is too long", ["rm", `HOST/team/app:${"a".repeat(129)}`, "--yes"], /invalid tag/],
    ["an upper-case repository", ["rm", "HOST/Team/app:v1", "--yes"], /invalid repository name "Team\/app"/],
    ["an empty component", ["tags", "HOST/team//app"], /invalid repository name "team\/\/app"/],
    ["a short digest", ["rm", "HOST/team/app:v1@sha256:abc", "--yes"], /invalid digest "sha256:abc"/],
    ["two digests", ["rm", `HOST/team/app:v1@${digest}@${digest}`, "--yes"], /two digests/],
    ["no repository", ["rm", "HOST/:v1", "--yes"], /repository is missing/],
    ["a host that is none", ["ls", "bad-.example-/x"], /"bad-.example-" is not a host/],
    ["a host with a bad character", ["ls", "exa_mple!/x"], /"exa_mple!" is not a host/],
    ["a tag where a repository is wanted", ["tags", "HOST/team/app:v1"], /names a tag/],
    ["a bad prefix", ["ls", "HOST/Team"], /"Team" is not the beginning/],
    ["two registries", ["rm", "HOST/a:b", "localhost:1/a:b", "--yes"], /two registries/],
    ["one tag with two digests", ["rm", `HOST/a:b@${digest}`, `HOST/a:b@${digest.replace(/a/g, "b")}`], /two digests/],
    ["an unknown flag", ["tags", "--fats", "HOST/a"], /unknown option '--fats'[\s\S]*--fast/],
    ["a bad choice", ["tags", "--sort", "age", "HOST/a"], /--sort[\s\S]*name, created, size/],
    ["a bad output", ["ls", "-o", "yaml", "HOST"], /--output[\s\S]*text, json, jsonl/],
    [
      "no number",
      ["ls", "--concurrency", "many", "HOST"],
      /--concurrency takes a whole number from 1 to 256, not "many"/,
    ],
    ["a number out of range", ["ls", "--concurrency", "0", "HOST"], /--concurrency takes/],
    ["a rate of nothing", ["ls", "--rate", "0", "HOST"], /--rate takes a number above 0/],
    ["no duration", ["ls", "--timeout", "soon", "HOST"], /--timeout takes a duration/],
    ["two schemes", ["ls", "--plain-http", "--tls", "HOST"], /contradict/],
    ["half a client certificate", ["ls", "--cert", "x.pem", "HOST"], /--cert and --key/],
    ["a password without a name", ["ls", "--password-stdin", "HOST"], /--password-stdin needs --username/],
    ["a name without a password", ["ls", "--username", "me", "HOST"], /--username needs/],
    ["nothing on standard input", ["rm", "-", "--yes"], /standard input held no reference/],
    ["two readers of standard input", ["rm", "-", "--username", "me", "--password-stdin"], /cannot both read/],
    [
      "one registry by two schemes",
      ["rm", "http://HOST/a:b", "https://HOST/a:c"],
      /http:\/\/\S+ and https:\/\/\S+ are two/,
    ],
    ["an order that is not read", ["tags", "HOST/a", "--fast", "--sort", "size"], /--fast reads no size/],
    [
      "a journal that is no folder",
      ["rm", "HOST/a:b", "-y", "--journal", "plain.txt"],
      /--journal plain.txt: a folder/,
    ],
    [
      "a journal that is not there",
      ["history", "--journal", "no-such-folder"],
      /--journal no-such-folder: there is no such/,
    ],
    ["nothing to undo there", ["undo", "--journal", "no-such-folder"], /--journal no-such-folder: there is no such/],
    [
      "a protected repository",
      ["rm", "HOST/a:b", "-y", "--protect", "team/app"],
      /names a repository[\s\S]*"team\/app:\*"/,
    ],
    ["half a bracket", ["rm", "HOST/team/app:v1", "--protect", "v[1"], /"v\[1" has a bracket/],
    ["half an operation", ["undo", "01M8PH"], /"01M8PH" is neither an operation nor a tag[\s\S]*in full/],
    ["no tag to put back", ["undo", "HOST/team/app"], /is neither an operation nor a tag/],
    ["no duration to wait", ["undo", "--wait", "soon"], /--wait takes a duration/],
    [
      "a shell that is none",
      ["completion", "tcsh"],
      /there is a completion for bash, zsh, fish, powershell, not for "tcsh"/,
    ],
    ["an address that is none", ["registry", "--addr", "nowhere"], /no address to listen on/],
    ["an unknown behaviour", ["registry", "--behave-like", "quay"], /--behave-like.*choices are oci/],
    ["no file of authorities", ["ls", "HOST", "--ca", "NOWHERE"], /--ca NOWHERE: there is no such file/],
    ["a folder of authorities", ["ls", "HOST", "--ca", "."], /--ca \.: a file is wanted/],
    ["authorities that are none", ["ls", "HOST", "--ca", "plain.txt"], /plain\.txt \(--ca\) holds nothing in PEM/],
    [
      "no client certificate",
      ["ls", "HOST", "--cert", "NOWHERE", "--key", "plain.txt"],
      /--cert NOWHERE: there is no such file/,
    ],
    ["no key", ["history", "--cert", "plain.txt", "--key", "NOWHERE"], /--key NOWHERE: there is no such file/],
    ["a key that is none", ["ls", "HOST", "--cert", "plain.txt", "--key", "plain.txt"], /holds nothing in PEM/],
    ["no file of credentials", ["ls", "HOST", "--authfile", "NOWHERE"], /--authfile NOWHERE: there is no such file/],
    ["no file of passwords", ["registry", "--htpasswd", "NOWHERE"], /--htpasswd NOWHERE: there is no such file/],
    ["too many words", ["tags", "HOST/a", "HOST/b"], /too many arguments/],
    ["a login to a repository", ["login", "HOST/team/app"], /more than a registry/],
  ] as const)("%s is a usage error, and nothing is sent", async (_what, args, message) => {
    scene.write("plain.txt", "me:open sesame");
    const { code, stdout, stderr } = await scene.tagwise(args.map((word) => word.replace("HOST", scene.host())));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(scene.requests()).toEqual([]);
  });

  it.each([
    [["help"], ["--help"]],
    [["-v", "help"], ["--help"]],
    [
      ["help", "rm"],
      ["rm", "--help"],
    ],
  ])("%j is no mistake: it prints what %j does", async (words, flag) => {
    const asked = await scene.tagwise(flag);
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: tagwise/), stderr: "" });
    expect(await scene.tagwise(words)).toEqual(asked);
  });

  it.each([
    ["a reference", ["rm", "HOST/team/app:a~b", "--yes", "-o", "json"]],
    ["a flag", ["tags", "HOST/a", "--fats", "--output=json"]],
    ["a value", ["ls", "HOST", "--concurrency", "many", "-ojson"]],
    ["a flag, by the end of a group", ["tags", "HOST/a", "--fats", "-qo", "json"]],
    ["a flag, by the last of several", ["tags", "HOST/a", "--fats", "-o", "text", "-o", "json"]],
    ["a flag, by the environment", ["tags", "HOST/a", "--fats"], { TAGWISE_OUTPUT: "json" }],
    ["a flag, by the config file", ["tags", "HOST/a", "--fats"], {}, "output: json"],
    ["a value, by the config file", ["ls", "HOST", "--rate", "0"], {}, "output: jsonl"],
  ])("%s that is wrong is told as JSON where that was asked for", async (_what, args, environment = {}, file = "") => {
    scene.write("config/tagwise/config.yaml", file);
    const words = args.map((word) => word.replace("HOST", scene.host()));
    const { code, stdout } = await scene.tagwise(words, { environment });
    scene.write("config/tagwise/config.yaml", "");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "USAGE", message: expect.any(String), next: expect.anything() },
    });
  });

  it.each([
    ["the last flag", ["-o", "json", "-o", "text"], {}, ""],
    ["a flag against the environment", ["-qo", "text"], { TAGWISE_OUTPUT: "json" }, ""],
    ["the environment against the file", [], { TAGWISE_OUTPUT: "text" }, "output: json"],
    ["a word that is no flag", ["--", "-ojson"], {}, ""],
  ])("a mistake is told in words where %s says so", async (_what, flags, environment, file) => {
    scene.write("config/tagwise/config.yaml", file);
    const { code, stdout, stderr } = await scene.tagwise(["tags", "--fats", ...flags], { environment });
    scene.write("config/tagwise/config.yaml", "");
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: expect.stringMatching(/^tagwise: /) });
  });

  it.each([
    ["config.yaml that is none", "{", /not YAML/],
    [
      "config.yaml with a misspelt rule",
      "registries: { r.example: { prodution: true } }",
      /"prodution" of r\.example, which is no rule/,
    ],
    ["config.yaml with a name that is none", "protects: [latest]", /"protects", which is no setting/],
    ["config.yaml with a switch that is none", "insecure: maybe", /insecure is a switch, true or false, not "maybe"/],
    ["config.yaml that is a list", "- a", /names and values/],
  ])("a %s is named", async (_what, text, message) => {
    scene.write("config/tagwise/config.yaml", text);
    const { code, stderr } = await scene.tagwise(["ls", scene.host()]);
    scene.write("config/tagwise/config.yaml", "");
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(scene.requests()).toEqual([]);
  });
});
