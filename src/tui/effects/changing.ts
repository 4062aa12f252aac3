import {
  cutOffOperations,
  journalledRemnants,
  type RecoverOptions,
  type Remnant,
} from "../../app/removing/find-remnants.ts";
import { recoverAll } from "../../app/removing/recover-operations.ts";
import { removalDocument } from "../../app/removing/removal-document.ts";
import { removeTags } from "../../app/removing/remove-tags.ts";
import { findUndoable, undoRemoval } from "../../app/removing/undo-removal.ts";
import { unlessAborted } from "../../support/abortable.ts";
import type { Emit } from "../../untag/events.ts";
import type { RepositoryReport } from "../../untag/report.ts";
import type { Effect } from "../message.ts";
import { type Surroundings, startJob } from "./surroundings.ts";

/**
 * Plans a removal, shows the plan, and waits for confirmation while holding the lock, so that exactly the shown plan is
 * carried out.
 */
export function startRemoval(
  around: Surroundings,
  { job, repository, tags, proof }: Extract<Effect, { do: "plan" }>,
): void {
  const { world, tell, untracked } = around;
  let confirm = () => {};
  const confirmed = new Promise<void>((resolve) => (confirm = resolve));
  const work = async (signal: AbortSignal) => {
    const { session } = around.connection();
    const { protectedBy } = world.rulesFor(session.address);
    const request = { repository, targets: tags.map((tag) => ({ tag })) };
    const removal = await removeTags(session, [request], {
      ...world,
      protectedBy,
      signal,
      strategy: "auto",
      verify: proof === "siblings" ? "all" : "listing",
      noUndo: false,
      dryRun: false,
      emit: emitting(around, job),
      async confirm([plan]) {
        if (plan !== undefined) tell({ is: "planned", job, plan });
        await untracked(unlessAborted(confirmed, signal));
        return true;
      },
    });
    tell({
      is: "removed",
      job,
      title: `Removal from ${repository}`,
      document: removalDocument(session.address, removal),
    });
  };
  startJob(around, job, work, confirm);
}

function emitting({ tell }: Surroundings, job: number): Emit {
  return (event) => tell({ is: "event", job, event });
}

/**
 * Puts the tags of an operation back; without one, those of the last operation on this registry that removed something.
 */
export function startUndo(around: Surroundings, { job, operation: id }: Extract<Effect, { do: "undo" }>): void {
  startJob(around, job, async (signal) => {
    const { world } = around;
    const { host } = around.connection().session.address;
    const request = await findUndoable(world, { operation: id, host });
    const { operation } = request.operation;
    const options = { ...world, force: false, signal, emit: emitting(around, job) };
    await reporting(around, { job, title: `Undo of ${operation}`, operation }, (session) =>
      undoRemoval(session, request, options),
    );
  });
}

/** Reports the operations that were cut off on this registry; with `isQuiet`, only where there are any. */
export async function findRemnants(around: Surroundings, { isQuiet }: { readonly isQuiet: boolean }): Promise<void> {
  const remnants = await remnantsOf(around, () => {});
  if (isQuiet && remnants.length === 0) return;
  const operations = new Set(remnants.map(({ operation }) => operation?.operation)).size;
  const lines = remnants.map(({ repository, what }) => `${repository}: ${what}`);
  around.tell({ is: "remnants", operations, lines });
}

async function remnantsOf(around: Surroundings, emit: Emit, rollback = false): Promise<readonly Remnant[]> {
  const { session } = around.connection();
  const operations = await cutOffOperations(around.world, { host: session.address.host });
  return operations.length === 0
    ? []
    : journalledRemnants(session, operations, recoverOptions(around, { emit, rollback }));
}

/** Finishes the operations that were cut off on this registry, or puts the originals back. */
export function startRecovery(around: Surroundings, { job, rollback }: Extract<Effect, { do: "recover" }>): void {
  startJob(around, job, async (signal) => {
    const emit = emitting(around, job);
    const remnants = await remnantsOf(around, emit, rollback);
    const options = { ...recoverOptions(around, { emit, rollback }), signal };
    const operation = remnants.length === 1 ? (remnants[0]?.operation?.operation ?? null) : null;
    const title = rollback ? "Originals put back" : "What was cut off is finished";
    await reporting(around, { job, title, operation }, (session) => recoverAll(session, remnants, options));
  });
}

function recoverOptions(
  { world }: Surroundings,
  { emit, rollback }: { emit: Emit; rollback: boolean },
): RecoverOptions {
  return { ...world, emit, rollback };
}

interface Reported {
  readonly job: number;
  readonly title: string;
  readonly operation: string | null;
}

async function reporting(
  { world, connection, tell }: Surroundings,
  { job, title, operation }: Reported,
  work: (session: ReturnType<Surroundings["connection"]>["session"]) => Promise<readonly RepositoryReport[]>,
): Promise<void> {
  const { session } = connection();
  const [began, before] = [world.clock.ticks(), session.requests()];
  const reports = await work(session);
  const milliseconds = Math.round(world.clock.ticks() - began);
  const ended = { operation, dryRun: false, reports, requests: session.requests() - before, milliseconds };
  tell({ is: "removed", job, title, document: removalDocument(session.address, ended) });
}
