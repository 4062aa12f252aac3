import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { StorageDriver } from "../../../src/distribution/drivers/driver.ts";
import { s3Driver } from "../../../src/distribution/drivers/s3.ts";
import { freePort, isListening, startServer } from "./processes.ts";
import type { Stage } from "./stage.ts";

/** An S3 server over a directory: a file below a bucket's folder is an object. */
export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Makes a bucket; its objects lie in the folder. */
  newBucket(name: string): string;
  /** The storage section of a registry's configuration; past another endpoint where one is given. */
  section(bucket: string, endpoint?: string): object;
  /** What the AWS SDK finds in the environment. */
  readonly environment: Readonly<Record<string, string>>;
  driver(bucket: string, prefix?: string): Promise<StorageDriver>;
}

export async function startS3(stage: Stage): Promise<S3Server> {
  const port = await freePort();
  const root = stage.newDirectory("s3");
  const [accessKeyId, secretAccessKey, region] = ["tagwise", "a-secret-of-the-tests", "us-east-1"];
  const args = [
    "--port",
    `127.0.0.1:${port}`,
    "--access",
    accessKeyId,
    "--secret",
    secretAccessKey,
    "--quiet",
    "--keep-alive",
  ];
  await startServer(stage, "versitygw", { args: [...args, "posix", root], isReady: () => isListening(port) });
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    port,
    accessKeyId,
    secretAccessKey,
    region,
    newBucket(name) {
      mkdirSync(join(root, name), { recursive: true });
      return join(root, name);
    },
    section: (bucket, through = endpoint) => ({
      redirect: { disable: true },
      s3: {
        accesskey: accessKeyId,
        secretkey: secretAccessKey,
        region,
        regionendpoint: through,
        bucket,
        secure: false,
        v4auth: true,
      },
    }),
    environment: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
    },
    driver: (bucket, prefix = "") =>
      s3Driver({ bucket, prefix, endpoint, region, accessKeyId, secretAccessKey, environment: {} }),
  };
}
