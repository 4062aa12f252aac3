import { RegistryError } from "../../registry/errors.ts";
import { batches } from "../../support/batches.ts";
import { pooled } from "../../support/pool.ts";
import { type Move, type StorageDriver, smallFile } from "./driver.ts";
import { type Bucket, isGone, openBucket, type S3Settings } from "./s3-bucket.ts";
import { copyObject } from "./s3-copy.ts";
import { walkBucket } from "./s3-walk.ts";

/** Keeps files in a bucket; the library is loaded only here. */
export async function s3Driver(settings: S3Settings): Promise<StorageDriver> {
  const bucket = await openBucket(settings);
  const { sdk, client, at, concurrency } = bucket;
  const Bucket = bucket.name;

  async function read(path: string, Range?: string): Promise<Uint8Array | undefined> {
    const wanted = { Bucket, Key: at(path), ...(Range !== undefined && { Range }) };
    try {
      const found = await unlessGone(client.send(new sdk.GetObjectCommand(wanted)));
      return await found?.Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof Error && error.name === "InvalidRange") return new Uint8Array(); // there is no byte in it
      throw error;
    }
  }
  async function stat(path: string) {
    const found = await unlessGone(client.send(new sdk.HeadObjectCommand({ Bucket, Key: at(path) })));
    return found && { size: found.ContentLength ?? 0, modified: found.LastModified ?? new Date(0) };
  }
  async function put(path: string, bytes: Uint8Array): Promise<void> {
    await client.send(new sdk.PutObjectCommand({ Bucket, Key: at(path), Body: bytes }));
  }
  async function deleteAll(paths: readonly string[]): Promise<void> {
    const thousands = [...batches(paths, 1_000)]; // S3 takes no more in one request
    await pooled(thousands, (some) => deleteThousand(bucket, some), { concurrency });
  }
  async function moveAll(moves: readonly Move[]): Promise<readonly Move[]> {
    const copied = await pooled(moves, ({ from, to }) => copyObject(bucket, at(from), at(to)), { concurrency });
    const moved = moves.filter((_, place) => copied[place]);
    await deleteAll(moved.map(({ from }) => from)); // only when every copy is there
    return moved;
  }

  return {
    hasFolders: false,
    ahead: () => client.config.systemClockOffset, // the SDK corrects its signatures by it
    list: (folder) => namesIn(bucket, folder),
    read: (path) => read(path),
    stat,
    async *stream(path, range) {
      const Range = range && `bytes=${range.first}-${range.last ?? ""}`;
      const found = await client.send(new sdk.GetObjectCommand({ Bucket, Key: at(path), ...(Range && { Range }) }));
      for await (const chunk of found.Body?.transformToWebStream() ?? []) yield chunk;
    },
    async write(items) {
      const files = items.flatMap((item) => ("folder" in item ? item.files : [item]));
      for (const { path, bytes } of files) await put(path, bytes);
    },
    async append(path, content) {
      // an object cannot grow: what is kept here is small, and a registry that takes uploads has a driver of its own
      const chunks = [(await read(path)) ?? new Uint8Array()];
      for await (const chunk of content) chunks.push(chunk);
      await put(path, Buffer.concat(chunks));
    },
    async move(from, to) {
      const moved = await moveAll([{ from, to }]);
      if (moved.length === 0) throw new RegistryError("UNKNOWN", `${from} is not there`);
    },
    async delete(path) {
      const below: string[] = [];
      for await (const batch of walkBucket(bucket, path, {})) for (const one of batch) below.push(one.path);
      const isFile = (await stat(path)) !== undefined;
      await deleteAll(isFile ? [path, ...below] : below);
      return isFile || below.length > 0;
    },
    readAll: (paths) => pooled(paths, (path) => read(path, `bytes=0-${smallFile}`), { concurrency }),
    statAll: (paths) => pooled(paths, stat, { concurrency }),
    walk: (folder, options = {}) => walkBucket(bucket, folder, options),
    moveAll: (moves) => moveAll(moves),
    deleteAll: (paths) => deleteAll(paths),
    async prune() {}, // a bucket has no folders
  };
}

async function namesIn({ sdk, client, name, at, inside }: Bucket, folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  const Prefix = `${at(folder)}/`;
  const pages = sdk.paginateListObjectsV2({ client }, { Bucket: name, Prefix, Delimiter: "/" });
  for await (const { Contents = [], CommonPrefixes = [] } of pages) {
    for (const { Key = "" } of Contents) names.push(inside(Key).slice(folder.length + 1));
    for (const one of CommonPrefixes) names.push(inside(one.Prefix ?? "").slice(folder.length + 1, -1));
  }
  return names.filter((one) => one !== "");
}

async function deleteThousand({ sdk, client, name, at }: Bucket, paths: readonly string[]): Promise<void> {
  const Objects = paths.map((path) => ({ Key: at(path) }));
  const { Errors = [] } = await client.send(
    new sdk.DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }),
  );
  const [first] = Errors.filter(({ Code }) => Code !== "NoSuchKey");
  if (first === undefined) return;
  throw new RegistryError("UNKNOWN", `the bucket did not delete ${first.Key}: ${first.Code} ${first.Message}`);
}

async function unlessGone<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
