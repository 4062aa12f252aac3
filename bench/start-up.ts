import { spawnSync } from "node:child_process";
import { startDockerRegistry } from "../test/real/harness/docker-registry.ts";
import { environmentFor } from "../test/real/harness/environment.ts";
import { newImage, push } from "../test/real/harness/images.ts";
import { bundledMain } from "../test/support/bundle.ts";
import { median, ratio } from "./measure.ts";
import type { Benchmark } from "./run.ts";

const rounds = 21;

/**
 * Whole processes of the bundled command line beside `node -e 0`, in turns; the first of each leaves its code in the
 * cache. Node itself takes three times as long where NODE_EXTRA_CA_CERTS is set, so that is measured too where it is.
 */
export const benchmark: Benchmark = async (stage) => {
  const server = await startDockerRegistry(stage);
  await push(server, "team/app", newImage(), ["latest", "test1"]);
  const bare = environmentFor(stage);
  const { NODE_EXTRA_CA_CERTS } = process.env;
  const lines = measured(server.host, bare);
  if (NODE_EXTRA_CA_CERTS === undefined) return lines;
  const withAuthorities = measured(server.host, { ...bare, NODE_EXTRA_CA_CERTS });
  return [...lines, ...withAuthorities.map((line) => `${line}, with NODE_EXTRA_CA_CERTS`)];
};

function measured(host: string, env: NodeJS.ProcessEnv): readonly string[] {
  const commands = {
    nothing: ["-e", "0"],
    "--version": [bundledMain, "--version"],
    "--help": [bundledMain, "--help"],
    "completion bash": [bundledMain, "completion", "bash"],
    "tags --fast": [bundledMain, "tags", "--fast", `${host}/team/app`],
    bare: ["-e", bareListing, host],
  };
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
      times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    }
  }
  const medianOf = (name: string) => median(times.get(name) ?? []);
  const ratioOf = (name: string) => `${ratio(medianOf(name), medianOf("nothing"))} times node -e 0`;
  const names = Object.keys(commands).filter((name) => name !== "nothing" && name !== "bare");
  return [
    ...names.map((name) => `${ratioOf(name)} for tagwise ${name} (medians of ${rounds})`),
    `${ratioOf("bare")} for a script of Node's http alone that sends the requests of tags --fast: the least that they take`,
  ];
}

/** What `tags --fast` sends, and nothing else. */
const bareListing = `
const http = require("node:http");
const agent = new http.Agent({ keepAlive: true });
const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
const [hostname, port] = process.argv[1].split(":");
const ask = (method, path) => new Promise((resolve, reject) => {
  http.request({ hostname, port, method, path, agent, headers: { accept } }, (answer) => {
    let text = "";
    answer.on("data", (data) => (text += data));
    answer.on("end", () => resolve({ text, digest: answer.headers["docker-content-digest"] }));
  }).on("error", reject).end();
});
(async () => {
  await ask("GET", "/v2/");
  const { tags } = JSON.parse((await ask("GET", "/v2/team/app/tags/list")).text);
  for (const { digest } of await Promise.all(tags.map((tag) => ask("HEAD", "/v2/team/app/manifests/" + tag)))) {
    process.stdout.write(digest + "\\n");
  }
  agent.destroy();
})();`;
