import { newImage, push, putManifest } from "./images.ts";
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
  const queue = names.entries();
  const worker = async () => {
    for (const [count, name] of queue) {
      const image = made[count % made.length];
      if (image === undefined) return;
      await putManifest(server, repository, name, image);
      standing[name] = image.digest;
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return { tags: standing };
}
