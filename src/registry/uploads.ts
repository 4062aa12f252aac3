import { digestOf } from "./digest.ts";
import type { Descriptor } from "./image.ts";
import type { RepositoryName } from "./names.ts";
import type { Registry } from "./registry.ts";

/** Uploads a blob that is in memory, under its sha256 digest; it is not asked first whether the registry has it. */
export async function putBlob(
  registry: Pick<Registry, "openUpload">,
  repository: RepositoryName,
  bytes: Uint8Array,
): Promise<Descriptor> {
  const upload = await registry.openUpload(repository);
  await upload.append(once(bytes));
  return upload.commit(digestOf(bytes));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
