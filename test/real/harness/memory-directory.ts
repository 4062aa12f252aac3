import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { Stage } from "./stage.ts";

const memory = "/dev/shm";
/** Of 100,000 tags each file takes a page, and each folder a node. */
const wanted = { bytes: 2e9, nodes: 1e6 };

/** A directory for very many files: in memory where there is room, since a disk takes minutes to remove them. */
export function memoryDirectory(stage: Stage): string {
  if (!hasRoom()) return stage.newDirectory("storage");
  const directory = mkdtempSync(join(memory, "tagwise-real-"));
  stage.defer(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize, ffree } = statfsSync(memory);
    return bavail * bsize > wanted.bytes && ffree > wanted.nodes;
  } catch {
    return false; // not on this system
  }
}
