import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { authority } from "../support/certificates.ts";
import { servingTls } from "../support/servers.ts";
import { run } from "./harness/run.ts";
import { describeWith, itAsRoot, openStage } from "./harness/suite.ts";
import { commandLine } from "./harness/tagwise.ts";

/** Where systems keep the authorities that they trust: Debian, Fedora, OpenSUSE, and Alpine or BSD. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
].filter((file) => existsSync(file));

/** Lays a file over others, for one program and its children alone. */
const over = 'file=$1; while shift; [ "$1" != -- ]; do mount --bind "$file" "$1" || exit; done; shift; exec "$@"';

describeWith(["unshare", "mount"], "the authorities of the system", () => {
  const stage = openStage();

  itAsRoot("are trusted without a flag, and no others are", async () => {
    const ours = await authority();
    const { host } = await servingTls(await ours.certify("registry"), ({ url }, response) => {
      response.end(url?.startsWith("/v2/_catalog") ? '{"repositories":["team/app"]}' : "{}");
    });
    const bundle = join(stage.newDirectory("authorities"), "ca.crt");
    const ls = [process.execPath, ...commandLine, "ls", host, "--tls"];
    const listed = async (trusted: string) => {
      writeFileSync(bundle, trusted);
      const laid = ["--mount", "sh", "-c", over, "sh", bundle, ...bundles, "--", ...ls];
      return run(stage, "unshare", laid);
    };
    expect(await listed(ours.cert)).toMatchObject({ code: 0, stdout: expect.stringContaining("team/app") });
    const { cert } = await authority("stranger");
    expect(await listed(cert)).toMatchObject({ stderr: expect.stringContaining("not known here") });
  });
});
