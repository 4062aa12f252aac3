import { type Bucket, isGone } from "./s3-bucket.ts";

const gibibyte = 1024 ** 3;

/** How much goes in one request; in bytes. */
export interface CopyLimits {
  readonly whole: number;
  readonly part: number;
}

/** S3 copies up to 5 GiB as a whole, and as much in each part. */
const ofS3: CopyLimits = { whole: 5 * gibibyte, part: gibibyte };

/** Copies an object within a bucket, in parts where it is large; false where it is not there. */
export async function copyObject(
  bucket: Bucket,
  from: string,
  to: string,
  limits: CopyLimits = ofS3,
): Promise<boolean> {
  const { sdk, client, name } = bucket;
  const CopySource = `${name}/${from.split("/").map(encodeURIComponent).join("/")}`;
  try {
    const { ContentLength: size = 0 } = await client.send(new sdk.HeadObjectCommand({ Bucket: name, Key: from }));
    if (size > limits.whole) await copyInParts(bucket, { CopySource, Key: to, size, part: limits.part });
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
  readonly part: number;
}

async function copyInParts(
  { sdk, client, name: Bucket }: Bucket,
  { CopySource, Key, size, part }: PartsToCopy,
): Promise<void> {
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ Bucket, Key }));
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (let first = 0, PartNumber = 1; first < size; first += part, PartNumber++) {
      const CopySourceRange = `bytes=${first}-${Math.min(first + part, size) - 1}`;
      const copy = { Bucket, Key, UploadId, PartNumber, CopySource, CopySourceRange };
      const { CopyPartResult } = await client.send(new sdk.UploadPartCopyCommand(copy));
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
    }
    await client.send(new sdk.CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {}); // the first error counts
    throw error;
  }
}
