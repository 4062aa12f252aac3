import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { RemovalRequest } from "../../../src/app/removing/plan-removal.ts";
import { exitCodeOf, type RemovalDocument, removalDocument } from "../../../src/app/removing/removal-document.ts";
import { type RemoveOptions, removeTags } from "../../../src/app/removing/remove-tags.ts";
import type { Session } from "../../../src/app/session.ts";
import { type Interceptor, intercept, type RegistryCall } from "../../../src/decorators/intercept.ts";
import { behaving, profiles, showing } from "../../../src/decorators/quirks/profiles.ts";
import { httpRegistry } from "../../../src/http/client/client.ts";
import { registryHandler } from "../../../src/http/serving/handler.ts";
import { memoryRegistry } from "../../../src/memory/memory.ts";
import { parseRegistryPrefix } from "../../../src/registry/reference.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import type { Clock } from "../../../src/support/clock.ts";
import type { UntagEvent } from "../../../src/untag/events.ts";
import { fingerprint } from "../../../src/untag/fingerprint.ts";
import type { Journal } from "../../../src/untag/journal/journal.ts";
import { type Disk, journalIn } from "../../../src/untag/journal/journal-file.ts";
import { discard } from "../../../src/wire/body.ts";

export interface StageOptions {
  /** Which kind of registry it is; distribution 2 by default. */
  readonly profile?: string;
  /** Changes what the registry does, behind its handler. */
  readonly inside?: (registry: Registry) => Registry;
  /** Stands between tagwise and its registry. */
  readonly through?: Interceptor;
  readonly disk?: Disk;
}

/**
 * A registry in this process behind its real handler and client, a journal in a directory, and a clock that does not
 * wait.
 */
export interface Stage {
  /** The contents themselves, past every quirk and fault. */
  readonly bare: Registry;
  readonly session: Session;
  readonly journal: Journal;
  readonly directory: string;
  readonly clock: Clock;
  /** Every call that tagwise made. */
  readonly calls: RegistryCall[];
  readonly events: UntagEvent[];
  options(more?: Partial<RemoveOptions>): RemoveOptions;
  remove(requests: readonly RemovalRequest[], more?: Partial<RemoveOptions>): Promise<Removed>;
}

export interface Removed {
  readonly document: RemovalDocument;
  readonly code: number;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { profile = "distribution2", inside = (registry) => registry, through, disk = plainDisk } = options;
  const bare = memoryRegistry();
  const quirks = profiles[profile]?.quirks ?? [];
  const transport = showing(registryHandler(behaving(inside(bare), quirks)), quirks);
  const calls: RegistryCall[] = [];
  const counted = intercept(httpRegistry(transport), (call, proceed) => {
    calls.push(call);
    return through === undefined ? proceed() : through(call, proceed);
  });
  const session: Session = {
    address: parseRegistryPrefix("registry.test").registry,
    registry: counted,
    shown: counted,
    requests: () => calls.length,
    async fingerprint() {
      const answer = await transport({ method: "GET", path: "/v2/", headers: {} });
      await discard(answer);
      return fingerprint({ hostname: "registry.test", headers: answer.headers });
    },
  };
  const directory = temporary();
  const journal = journalIn(join(directory, "journal"), disk);
  const clock = virtualClock();
  const events: UntagEvent[] = [];
  const random = randomFrom(String(Math.random()));
  const defaults: RemoveOptions = {
    journal,
    locks: [join(directory, "locks")],
    clock,
    random,
    host: "host",
    emit: (event) => void events.push(event),
    concurrency: 3,
    strategy: "auto",
    verify: "auto",
    noUndo: false,
    dryRun: false,
    wait: 0,
    protectedBy: () => undefined,
    confirm: async () => true,
  };
  const withDefaults = (more: Partial<RemoveOptions> = {}) => ({ ...defaults, ...more });
  return {
    ...{ bare, session, journal, directory, clock, calls, events },
    options: withDefaults,
    async remove(requests, more) {
      const removal = await removeTags(session, requests, withDefaults(more));
      const document = removalDocument(session.address, removal);
      return { document, code: exitCodeOf(document) };
    },
  };
}

export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), "tagwise-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Real files without the wait for the disk, nor for a thread: some thousand removals write to them. */
export const plainDisk: Disk = {
  create: async (path, text) => writeFileSync(path, text, { flag: "wx" }),
  append: async (path, text) => appendFileSync(path, text),
};

/** Time passes by sleeping alone; whoever else is ready runs meanwhile. */
export function virtualClock(): Clock {
  let now = 0;
  return {
    now: () => new Date(Date.UTC(2026, 0, 1) + now),
    ticks: () => now,
    async sleep(milliseconds) {
      now += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export function randomFrom(seed: string): (bytes: number) => Uint8Array {
  let drawn = 0;
  return (bytes) => createHash("sha512").update(`${seed} ${drawn++}`).digest().subarray(0, bytes);
}
