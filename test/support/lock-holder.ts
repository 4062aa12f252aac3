import { appendFile, open, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { tryLock } from "../../src/support/lock.ts";

/**
 * Takes a lock so many times (or holds it until it is killed) and proves each time, by a file of its own, that it is
 * alone.
 */
const [directory = "", rounds = "0"] = process.argv.slice(2);
const alone = join(directory, "alone");

for (let round = 0; round < Number(rounds); ) {
  const lock = await tryLock({ directory, name: "name" });
  if (!("release" in lock)) {
    await sleep(Math.random() * 3);
    continue;
  }
  const file = await open(alone, "wx"); // EEXIST: somebody else believes that he holds it
  await sleep(Math.random() * 3);
  await appendFile(join(directory, "rounds"), ".");
  await file.close();
  await rm(alone);
  await lock.release();
  round++;
}
if (rounds === "0") {
  const lock = await tryLock({ directory, name: "name" });
  process.stdout.write("release" in lock ? "held\n" : "busy\n");
  setInterval(() => {}, 1_000);
}
