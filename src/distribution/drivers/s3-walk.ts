import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { asCompleted, lastInFirstOut } from "../../support/as-completed.ts";
import type { Walked, WalkOptions } from "./driver.ts";
import type { Bucket } from "./s3-bucket.ts";

/** One listing under way: a part of the bucket, or the next page of it. */
interface Task {
  readonly prefix: string;
  readonly token?: string | undefined;
  /** Folders are listed apart at once only where there are fewer than a page of them. */
  readonly way: "first" | "folders" | "flat";
}

interface Done {
  readonly walked: readonly Walked[];
  readonly tasks: readonly Task[];
}

/**
 * Lists flat, a thousand keys a request. A page follows from the one before, so what does not fit into the first is
 * listed folder by folder, many at once.
 */
export async function* walkBucket(
  bucket: Bucket,
  folder: string,
  { known = () => undefined, signal }: WalkOptions,
): AsyncGenerator<readonly Walked[]> {
  const waiting: Task[] = [{ prefix: `${bucket.at(folder)}/`, way: "first" }];
  const { concurrency } = bucket;
  const work = (task: Task) => listOne(bucket, task);
  for await (const { walked, tasks } of asCompleted(lastInFirstOut(waiting), work, { concurrency, signal })) {
    waiting.push(...tasks);
    const wanted = walked.filter(({ path }) => isWanted(path, known));
    if (wanted.length > 0) yield wanted;
  }
}

async function listOne(bucket: Bucket, { prefix, token, way }: Task): Promise<Done> {
  const { sdk, client, name } = bucket;
  const page = await client.send(
    new sdk.ListObjectsV2Command({
      Bucket: name,
      Prefix: prefix,
      ...(token !== undefined && { ContinuationToken: token }),
      ...(way === "folders" && { Delimiter: "/" }),
    }),
  );
  const isWhole = page.IsTruncated !== true;
  const rest: Task = { prefix, token: page.NextContinuationToken, way: "flat" };
  if (way === "flat") return { walked: filesOf(bucket, page), tasks: isWhole ? [] : [rest] };
  if (way === "first") {
    return isWhole ? { walked: filesOf(bucket, page), tasks: [] } : { walked: [], tasks: [{ prefix, way: "folders" }] };
  }
  if (!isWhole) return { walked: [], tasks: [{ prefix, way: "flat" }] }; // thousands of small ones: one by one is slower
  const folders = (page.CommonPrefixes ?? []).map((one): Task => ({ prefix: one.Prefix ?? "", way: "first" }));
  return { walked: filesOf(bucket, page), tasks: folders };
}

function filesOf({ inside }: Bucket, { Contents = [] }: ListObjectsV2CommandOutput): readonly Walked[] {
  return Contents.map(({ Key = "", Size = 0, LastModified = new Date(0), ETag }) => ({
    path: inside(Key),
    facts: { size: Size, modified: LastModified },
    md5: ETag?.replaceAll('"', "") || undefined, // of what was sent in one piece and without a key of the service's own
  }));
}

/**
 * False for a file in a known folder that is none of its known files, since a file system's walk would not yield it
 * either.
 */
function isWanted(path: string, known: NonNullable<WalkOptions["known"]>): boolean {
  if (path.endsWith("/")) return false; // an empty object that stands for a folder
  for (let end = 0, slash = path.indexOf("/"); slash !== -1; end = slash, slash = path.indexOf("/", slash + 1)) {
    const inside = known(path.slice(0, end));
    if (inside?.isKnown(path.slice(end + 1, slash))) return inside.files.includes(path.slice(slash + 1));
  }
  return true;
}
