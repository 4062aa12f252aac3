import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { describe, expect, it } from "vitest";
import { openTerminal } from "../tui/terminal.ts";
import { setScene } from "./scene.ts";

describe("login and logout", async () => {
  const scene = setScene({ htpasswd: `me:${await hash("open sesame", 4)}\n` });
  const inDocker = { environment: { DOCKER_CONFIG: join(scene.home, "docker") } };
  const config = join(scene.home, "docker", "config.json");
  const listing = () => scene.tagwise(["tags", "--fast", `${scene.host()}/team/alpine`], inDocker);

  it("keeps what the registry takes where docker would, for its owner's eyes alone, and forgets it", async () => {
    expect(await listing()).toMatchObject({ code: 4, stderr: expect.stringContaining("tagwise login") });

    const login = ["login", scene.host(), "--username", "me", "--password-stdin", "-o", "json"];
    const { code, stdout, stderr } = await scene.tagwise(login, { ...inDocker, input: "open sesame\n" });
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ username: "me", keeper: { kind: "file", file: config } });
    expect(stdout + stderr).not.toContain("sesame");
    expect(statSync(config).mode & 0o777).toBe(0o600);
    const auth = Buffer.from("me:open sesame").toString("base64");
    expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({ auths: { [scene.host()]: { auth } } });
    expect(await listing()).toMatchObject({ code: 0, stderr: "" });

    expect(await scene.tagwise(["logout", scene.host()], inDocker)).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({ auths: {} });
    expect(await listing()).toMatchObject({ code: 4 });
  });

  it("makes the file that --authfile names, which no other command may miss", async () => {
    const tags = ["tags", "--fast", `${scene.host()}/team/alpine`, "--authfile", "new.json"];
    expect(await scene.tagwise(tags)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--authfile new.json"),
    });
    const login = ["login", scene.host(), "--username", "me", "--password-stdin", "--authfile", "new.json"];
    expect(await scene.tagwise(login, { input: "open sesame\n" })).toMatchObject({ code: 0, stderr: "" });
    expect(await scene.tagwise(tags)).toMatchObject({ code: 0, stderr: "" });
  });

  it("keeps nothing that the registry refuses", async () => {
    const before = readFileSync(config, "utf8");
    const login = ["login", scene.host(), "--username", "me", "--password-stdin"];
    const { code, stderr } = await scene.tagwise(login, { ...inDocker, input: "wrong\n" });
    expect(code).toBe(4);
    expect(stderr).toContain("refused the user and the password");
    expect(readFileSync(config, "utf8")).toBe(before);
  });

  it("tells a wrong password from a login that is missing", async () => {
    const wrong = { environment: { TAGWISE_USERNAME: "me", TAGWISE_PASSWORD: "wrong" } };
    const { code, stderr } = await scene.tagwise(["ls", scene.host()], wrong);
    expect([code, stderr]).toEqual([4, expect.stringMatching(/refused the user "me": .*\n {2}check the user and the/)]);
    expect(stderr).not.toContain("wrong");
  });

  it.each([
    ["the environment", { TAGWISE_USERNAME: "me" }, ""],
    ["the config file", {}, "username: me"],
  ])("a name from %s breaks nothing that needs no password, and what needs one says so", async (_, more, file) => {
    scene.write("config/tagwise/config.yaml", file);
    const options = { environment: { ...inDocker.environment, ...more } };
    const login = ["login", scene.host(), "--password-stdin"];
    expect(await scene.tagwise(login, { ...options, input: "open sesame\n" })).toMatchObject({ code: 0, stderr: "" });
    for (const command of [["history"], ["logout", scene.host()]])
      expect(await scene.tagwise(command, options)).toMatchObject({ code: 0, stderr: "" });
    const listed = await scene.tagwise(["ls", scene.host(), "-o", "json"], options);
    const error = { code: "UNAUTHORIZED", next: expect.stringContaining("TAGWISE_PASSWORD") };
    expect([listed.code, JSON.parse(listed.stdout).error]).toEqual([4, expect.objectContaining(error)]);
    scene.write("config/tagwise/config.yaml", "");
  });

  it("asks on a terminal, and shows nothing of the password", async () => {
    const terminal = openTerminal(["login", scene.host()], scene.home);
    await terminal.shows("Username: ");
    terminal.send("me\r");
    await terminal.shows("Password: ");
    terminal.send("open sesame\r");
    await terminal.shows("Logged in to");
    expect(await terminal.ended).toBe(0);
    expect(terminal.bytes()).not.toContain("sesame");
    expect(await listing()).toMatchObject({ code: 0 });
  });

  it("does not ask where nobody is there to answer", async () => {
    const { code, stderr } = await scene.tagwise(["login", scene.host()], inDocker);
    expect(code).toBe(2);
    expect(stderr).toContain("--password-stdin");
  });
});
