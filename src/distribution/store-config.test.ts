import { describe, expect, it } from "vitest";
import { configured } from "./store-config.ts";

const filesystem = { storage: { filesystem: { rootdirectory: "/data" }, cache: { blobdescriptor: "inmemory" } } };
const s3 = {
  storage: { s3: { bucket: "images", rootdirectory: "/deep", region: "eu-1", regionendpoint: "http://127.0.0.1:1" } },
};

describe("a registry's configuration", () => {
  it.each([
    ["a directory", filesystem, {}, { filesystem: { rootdirectory: "/data" }, cache: "inmemory" }],
    [
      "the usual directory",
      { storage: { filesystem: null } },
      {},
      { filesystem: { rootdirectory: "/var/lib/registry" }, cache: "none" },
    ],
    [
      "a bucket",
      s3,
      {},
      {
        s3: { bucket: "images", rootdirectory: "/deep", region: "eu-1", endpoint: "http://127.0.0.1:1" },
        cache: "none",
      },
    ],
    [
      "another directory by the environment",
      filesystem,
      { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: "/other" },
      { filesystem: { rootdirectory: "/other" }, cache: "inmemory" },
    ],
    [
      "another driver by the environment",
      filesystem,
      { REGISTRY_STORAGE: "s3", REGISTRY_STORAGE_S3_BUCKET: "images", REGISTRY_STORAGE_CACHE_BLOBDESCRIPTOR: "redis" },
      { s3: { bucket: "images", rootdirectory: "" }, cache: "redis" },
    ],
    ["no storage that is known", { storage: { azure: {} } }, {}, { cache: "none" }],
  ])("says %s", (_what, document, environment, expected) => {
    expect(configured(document, environment)).toEqual(expected);
  });
});
