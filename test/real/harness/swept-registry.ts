import { digestAt } from "./contents.ts";
import { type DockerRegistryOptions, startDockerRegistry } from "./docker-registry.ts";
import { type MadeImage, newImage, push } from "./images.ts";
import { ask, type RegistryServer } from "./registry-server.ts";
import type { Stage } from "./stage.ts";
import { tagwise, tagwiseDone } from "./tagwise.ts";

/** A docker-registry with one image that stands and one that a collection has set aside. */
export interface SweptRegistry {
  readonly server: RegistryServer;
  readonly kept: MadeImage;
  readonly gone: MadeImage;
  readonly run: string;
}

export async function startSwept(stage: Stage, options: DockerRegistryOptions = {}): Promise<SweptRegistry> {
  const server = await startDockerRegistry(stage, options);
  const [kept, gone] = [newImage(), newImage()];
  await push(server, "app", kept, ["kept"]);
  await push(server, "app", gone, ["gone"]);
  await ask(server, "DELETE", `/v2/app/manifests/${gone.digest}`);
  return { server, kept, gone, run: await sweep(stage, server.storage) };
}

/** Sets aside what nothing leads to, however young; resolves to the run. */
export async function sweep(
  stage: Stage,
  store: string,
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const args = ["gc", store, "--untagged", "--grace", "0s", "--yes", "-o", "json", ...flags];
  const said: { run: string; blobs: { swept: readonly unknown[] } } = JSON.parse(
    await tagwiseDone(stage, args, { environment }),
  );
  if (said.blobs.swept.length !== 3) throw new Error(`three blobs should have gone: ${JSON.stringify(said)}`);
  return said.run;
}

/** What of the answers the tests look at: which parts there are depends on the command. */
interface RunSaid {
  readonly run?: { readonly state: string };
  readonly runs?: readonly object[];
  readonly restored?: readonly string[];
  readonly deleted?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

interface Answered {
  readonly code: number | undefined;
  readonly said: RunSaid;
  readonly stderr: string;
}

/** What `gc purge` or another command on a run answers, whatever its exit code. */
export async function runCommand(
  stage: Stage,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const { code, stdout, stderr } = await tagwise(stage, ["gc", ...args, "-o", "json"], { environment });
  if (stdout === "") throw new Error(`it said nothing: ${code} ${stderr}`);
  return { code, said: JSON.parse(stdout), stderr };
}

/** True where an image can be pulled whole from the registry. */
export async function pullsWhole(server: RegistryServer, image: MadeImage): Promise<boolean> {
  if ((await digestAt(server, "app", image.digest)) !== image.digest) return false;
  const { config, layers } = JSON.parse(new TextDecoder().decode(image.bytes));
  for (const { digest } of [config, ...layers]) {
    const { status, body } = await ask(server, "GET", `/v2/app/blobs/${digest}`);
    if (status !== 200 || !image.blobs.some((blob) => Buffer.compare(blob, body) === 0)) return false;
  }
  return true;
}
