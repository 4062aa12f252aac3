import { type Bucket, isGone } from "./s3-bucket.ts";

const gibibyte = 1024 ** 3;
/** S3 copies up to 5 GiB in one request. */
const largestCopy = 5 * gibibyte;

/** Copies an object within a bucket; false where it is not there. */
export async function copyObject(bucket: Bucket, from: string, to: string): Promise<boolean> {
  const { sdk, client, name } = bucket;
  const CopySource = `${name}/${from.split("/").map(encodeURIComponent).join("/")}`;
  try {
    const { ContentLength: size = 0 } = await client.send(new sdk.HeadObjectCommand({ Bucket: name, Key: from }));
    if (size > largestCopy) await copyInParts(bucket, { CopySource, Key: to, size });
    else await client.send(new sdk.CopyObjectCommand({ Bucket: name, Key: to, CopySource }));
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

interface PartsToCopy {
  readonly CopySource: string;
  readonly Key: string;
  readonly size: number;
}

async function copyInParts(
  { sdk, client, name: Bucket }: Bucket,
  { CopySource, Key, size }: PartsToCopy,
): Promise<void> {
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key }));
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let first = 0, PartNumber = 1; first < size; first += gibibyte, PartNumber++) {
      const CopySourceRange = `bytes=${first}-${Math.min(first + gibibyte, size) - 1}`;
      const part = { Bucket, Key, UploadId, PartNumber, CopySource, CopySourceRange };
      const { CopyPartResult } = await client.send(new sdk.UploadPartCopyCommand(part));
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {}); // the first error counts
    throw error;
  }
}
