import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { asideFolder } from "../../src/distribution/own-paths.ts";
import { startDockerRegistry } from "./harness/docker-registry.ts";
import { push } from "./harness/images.ts";
import { program } from "./harness/programs.ts";
import { describeWith, openStage } from "./harness/suite.ts";
import { pullsWhole, runCommand, startSwept, sweep } from "./harness/swept-registry.ts";
import { tagwise, tagwiseDone } from "./harness/tagwise.ts";

describeWith(["docker-registry"], "gc restore and gc purge on a real registry", () => {
  const stage = openStage();

  it("restore puts all of a run back, and the image pulls again", async () => {
    const { server, gone, kept, run } = await startSwept(stage);
    expect((await runCommand(stage, ["runs", server.storage])).said.runs).toMatchObject([
      { run, state: "swept", blobs: 3, restarted: null },
    ]);
    const { code, said } = await runCommand(stage, ["restore", server.storage, run]);
    expect([code, said.run?.state, said.restored?.length]).toEqual([0, "restored", 5]); // three blobs and two layer links
    await push(server, "app", gone); // the deletion took its manifest's link
    await server.stop();
    await server.start();
    expect([await pullsWhole(server, gone), await pullsWhole(server, kept)]).toEqual([true, true]);
  });

  it("purge refuses while the cache may promise what lies aside, and deletes once the registry was restarted", async () => {
    const { server, gone, kept, run } = await startSwept(stage);
    const refused = await runCommand(stage, ["purge", server.storage, run, "--yes"]);
    expect([refused.code, refused.said.error?.code]).toEqual([4, "CACHE_IN_USE"]);
    expect(filesAside(server.storage, run)).toBe(5);

    const pidFile = join(stage.newDirectory("restarted"), "pid");
    stage.defer(() => void process.kill(Number(readFileSync(pidFile, "utf8"))));
    const before = server.pid();
    const restart = [
      `kill ${before}; while kill -0 ${before} 2>/dev/null; do sleep 0.05; done`,
      `${program("docker-registry")} serve ${server.configFile} >/dev/null 2>&1 & echo $! > ${pidFile}`,
      `until curl -fs ${server.origin}/v2/; do sleep 0.05; done`,
    ].join("\n");
    const purged = await runCommand(stage, ["purge", server.storage, run, "--yes", "--restart", `exec:${restart}`]);
    expect([purged.code, purged.said.deleted, purged.said.run?.state]).toEqual([0, 5, "purged"]);
    expect(filesAside(server.storage, run)).toBe(0);
    expect(await pullsWhole(server, kept)).toBe(true);
    expect(await pullsWhole(server, gone)).toBe(false);
    await push(server, "app", gone, ["again"]); // and the registry, which was started anew, really takes it
    expect(await pullsWhole(server, gone)).toBe(true);
  });

  it("purge asks for no restart where the sweep had one, or where the configuration names no cache", async () => {
    const { server, run } = await startSwept(stage);
    const config = parse(readFileSync(server.configFile, "utf8"));
    delete config.storage.cache;
    const file = join(stage.newDirectory("config"), "config.yml");
    writeFileSync(file, stringify(config));
    expect((await runCommand(stage, ["purge", file, run, "--yes"])).said.deleted).toBe(5);

    const marker = join(stage.newDirectory("marker"), "restarted");
    const other = await startSwept(stage);
    await runCommand(stage, ["restore", other.server.storage, other.run]);
    const again = await sweep(stage, other.server.storage, ["--restart", `exec:echo here > ${marker}`]);
    expect(readFileSync(marker, "utf8")).toBe("here\n");
    expect((await runCommand(stage, ["purge", other.server.storage, again, "--yes"])).code).toBe(0);
  });

  it("a restart that fails leaves the run where it is, and what the command says is heard", async () => {
    const { server, run } = await startSwept(stage);
    const flags = ["--yes", "--restart", "exec:echo no such unit >&2; exit 5"];
    const { code, said, stderr } = await runCommand(stage, ["purge", server.storage, run, ...flags]);
    expect([code, said.error?.code]).toEqual([1, "NOT_RESTARTED"]);
    expect(said.error?.message).toContain("ended with 5");
    expect(stderr).toBe("no such unit\n");
    expect(filesAside(server.storage, run)).toBe(5);
    const marker = join(stage.newDirectory("marker"), "restarted");
    const unknown = await runCommand(stage, [
      "purge",
      server.storage,
      "nothing",
      "--yes",
      "--restart",
      `exec:touch ${marker}`,
    ]);
    expect([unknown.code, unknown.said.error?.code, existsSync(marker)]).toEqual([1, "RUN_UNKNOWN", false]);
  });

  it("names commands that can be copied, and none where everything was deleted at once", async () => {
    const { server, run } = await startSwept(stage);
    await runCommand(stage, ["restore", server.storage, run]);
    const flags = ["gc", server.storage, "--untagged", "--grace", "0s", "--yes"];
    const told = await tagwiseDone(stage, flags);
    const [, ...words] = /^ {2}(tagwise gc restore .*)$/m.exec(told)?.[1]?.split(" ") ?? [];
    expect(await tagwiseDone(stage, words)).toContain("5 files");
    const atOnce = [...flags, "--no-quarantine", "--registry", server.origin];
    const refused = await tagwise(stage, atOnce);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining("may take pushes") });
    await server.stop();
    const readOnly = await startDockerRegistry(stage, { storage: server.storage, readOnly: true });
    const deleted = await tagwiseDone(stage, [...flags, "--no-quarantine", "--registry", readOnly.origin]);
    expect(deleted).toContain("It is deleted.");
    expect(deleted).not.toContain("gc restore");
  });

  it("systemd:UNIT calls systemctl by these words (a systemctl of the test's: nothing is restarted here)", async () => {
    const { server, run } = await startSwept(stage);
    const folder = stage.newDirectory("bin");
    writeFileSync(join(folder, "systemctl"), `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/words\n`);
    chmodSync(join(folder, "systemctl"), 0o755);
    const args = ["purge", server.storage, run, "--yes", "--restart", "systemd:docker-registry.service"];
    const { code } = await runCommand(stage, args, { PATH: `${folder}${delimiter}${process.env.PATH}` });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "words"), "utf8")).toBe("restart\ndocker-registry.service\n");
  });
});

function filesAside(storage: string, run: string): number {
  const folder = join(storage, asideFolder(run));
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
