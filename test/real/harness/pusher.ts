import { setTimeout as pause } from "node:timers/promises";
import { digestAt } from "./contents.ts";
import { type MadeImage, putManifest, variantOf } from "./images.ts";
import type { CountingProxy, Passed } from "./proxy.ts";
import type { RegistryServer } from "./registry-server.ts";

/** Somebody who pushes new images to tags while they are being deleted. */
export interface Pusher {
  /** The tags that were pushed to, each with the digest of its last acknowledged push. */
  readonly pushed: ReadonlyMap<string, string>;
  /** Pushes that were sent while a DELETE was under way. */
  readonly inside: number;
  /** Tags that do not stand on what was last pushed to them. */
  lost(): Promise<readonly string[]>;
}

interface PusherOptions {
  readonly proxy: CountingProxy;
  readonly repository: string;
  /** What is pushed, each time with another digest; its blobs must be in the repository. */
  readonly image: MadeImage;
}

/**
 * Pushes an image every 10 ms past the proxy, once to each of the tags whose decoy is being deleted through the proxy.
 */
export function pushThroughDeletions(server: RegistryServer, { proxy, repository, image }: PusherOptions): Pusher {
  const standing = new Map<string, string[]>();
  const pushed = new Map<string, string>();
  let inside = 0;
  let deletions = 0;
  let ending: Promise<void> = Promise.resolve();
  let isOpen = false;

  // each tag once, so that no later push hides that an earlier one was taken away
  const pushAll = async (tags: readonly string[]) => {
    const sent: Promise<void>[] = [];
    await pause((deletions++ % 10) * 10); // a DELETE of one tag is met at another moment each time
    for (const tag of tags) {
      if (!isOpen) break;
      const variant = variantOf(image, `push ${++inside}`);
      const sending = putManifest(server, repository, tag, variant);
      // a push into a directory that is being removed may be refused, and is not lost then
      sent.push(sending.then(() => void pushed.set(tag, variant.digest)).catch(() => {}));
      await pause(10);
    }
    await Promise.all(sent);
  };

  proxy.watch({
    before(passed) {
      const tags = passed.method === "DELETE" ? standing.get(referenceIn(passed)) : undefined;
      if (tags === undefined || isOpen) return;
      isOpen = true;
      ending = pushAll(tags);
    },
    async after(passed) {
      const { method, digest } = passed;
      const reference = referenceIn(passed);
      if (method === "PUT" && digest !== undefined && reference !== digest) {
        standing.set(digest, [...(standing.get(digest) ?? []), reference]);
      }
      if (method === "DELETE" && standing.has(reference)) {
        isOpen = false;
        await ending;
      }
    },
  });

  return {
    pushed,
    get inside() {
      return inside;
    },
    async lost() {
      const lost: string[] = [];
      for (const [tag, digest] of pushed) if ((await digestAt(server, repository, tag)) !== digest) lost.push(tag);
      return lost;
    },
  };
}

function referenceIn({ path }: Passed): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
