import type { S3Client } from "@aws-sdk/client-s3";
import { RegistryError } from "../../registry/errors.ts";
import type { DriverOptions } from "./driver.ts";
import { bucketFailure } from "./s3-failure.ts";

/** How a bucket is reached; what is left out comes from the environment or the SDK's defaults. */
export interface S3Settings extends DriverOptions {
  readonly bucket: string;
  /** Where in the bucket everything lies; empty for all of it. */
  readonly prefix: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A part of a bucket, and how it is spoken to. */
export interface Bucket {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
  readonly name: string;
  /** The key of a path. */
  readonly at: (path: string) => string;
  /** The path of a key. */
  readonly inside: (key: string) => string;
  /** Requests at once. */
  readonly concurrency: number;
}

/** An object store answers each request slowly, and many as fast as one. */
const usual = 64;

/** Opens a bucket. What is not said, such as credentials, the SDK finds where it always does. */
export async function openBucket(settings: S3Settings): Promise<Bucket> {
  const sdk = await load();
  const { bucket, prefix, region, environment, accessKeyId, secretAccessKey, concurrency = usual } = settings;
  const endpoint = settings.endpoint ?? environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  // where two batches are under way, the second waits for the sockets of the first
  const sockets = { maxSockets: concurrency, keepAlive: true };
  const client = new sdk.S3Client({
    // other servers than Amazon's rarely have a name for each bucket
    forcePathStyle: settings.forcePathStyle ?? endpoint !== undefined,
    requestHandler: { httpAgent: sockets, httpsAgent: sockets },
    ...(endpoint !== undefined && { endpoint: withScheme(endpoint) }),
    ...(region !== undefined && { region }),
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
  });
  const place = `bucket ${bucket}${endpoint === undefined ? "" : ` at ${endpoint}`}`;
  client.middlewareStack.add(
    (next) => (request) =>
      next(request).catch((error: unknown) => {
        throw isGone(error) ? error : bucketFailure(error, place);
      }),
    { step: "initialize", priority: "high" },
  );
  const before = prefix === "" ? "" : `${prefix.replace(/\/+$/, "")}/`;
  return {
    sdk,
    client,
    name: bucket,
    at: (path) => before + path,
    inside: (key) => key.slice(before.length),
    concurrency,
  };
}

/** True where an object is not there. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && ["NoSuchKey", "NotFound"].includes(error.name);
}

/** distribution takes an endpoint without a scheme for https. */
function withScheme(endpoint: string): string {
  return /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
}

async function load(): Promise<typeof import("@aws-sdk/client-s3")> {
  try {
    return await import("@aws-sdk/client-s3");
  } catch (cause) {
    throw new RegistryError("UNSUPPORTED", "S3 needs a library that is not installed", {
      cause,
      said: "S3_MISSING",
      next: "npm install @aws-sdk/client-s3 (with --global, where tagwise was installed so)",
      status: 500,
    });
  }
}
