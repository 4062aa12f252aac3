import { newImage, push, putManifest } from "./images.ts";
import { inParallel } from "./parallel.ts";
import type { RegistryServer } from "./registry-server.ts";

/** Tags so many that one DELETE lasts: distribution 2 reads every one of them each time. */
export interface Crowd {
  /** Where each tag stands. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Pushes a few images under very many tags. */
export async function pushCrowd(
  server: RegistryServer,
  repository: string,
  { tags, images = 8 }: { readonly tags: number; readonly images?: number },
): Promise<Crowd> {
  const made = Array.from({ length: images }, () => newImage());
  for (const image of made) await push(server, repository, image);
  const names = Array.from({ length: tags }, (_, count) => `tag${String(count).padStart(6, "0")}`);
  const standing: Record<string, string> = {};
  await inParallel(names.entries(), 8, async ([count, name]) => {
    const image = made[count % made.length];
    if (image === undefined) return;
    await putManifest(server, repository, name, image);
    standing[name] = image.digest;
  });
  return { tags: standing };
}
