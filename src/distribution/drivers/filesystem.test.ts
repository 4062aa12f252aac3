import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeDriver } from "../../../test/suites/describe-driver.ts";
import { filesystemDriver } from "./filesystem.ts";

describeDriver("a directory", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tagwise-driver-"));
  return {
    driver: filesystemDriver(directory),
    close: async () => rmSync(directory, { recursive: true, force: true }),
  };
});
