import { examine } from "../app/doctor.ts";
import { history } from "../app/removing/history.ts";
import { RegistryError } from "../registry/errors.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import { findRemnants, startRecovery, startRemoval, startUndo } from "./effects/changing.ts";
import { joined } from "./effects/joined.ts";
import { reading } from "./effects/reading.ts";
import { logLine, type Surroundings, startJob, stopJob } from "./effects/surroundings.ts";
import type { Effect, Message, ScreenEffect } from "./message.ts";
import type { Connection, Login, World } from "./world.ts";

/** Carries out effects in the background. */
export interface Effects {
  run(effect: Exclude<Effect, ScreenEffect>): void;
  /** True where nothing is under way, so that no message is to be expected. */
  isIdle(): boolean;
  /** Stops everything; resolves when jobs that change something have been finished or rolled back. */
  stop(): Promise<void>;
}

interface Gathered {
  readonly message: Message;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds in which messages are gathered, so that a thousand answers are drawn once. */
const gathering = 25;

/** Carries effects out with the use cases; the messages that result go to `dispatch`, gathered for up to 25 ms. */
export function effectsOn(world: World, dispatch: (messages: readonly Message[]) => void): Effects {
  let connection: Connection | undefined;
  let busy = 0;
  let gathered: Gathered[] = [];
  let flushedAt = Number.NEGATIVE_INFINITY;
  const flush = () => {
    const wanted = gathered.filter(({ signal }) => signal?.aborted !== true);
    gathered = [];
    flushedAt = world.clock.ticks();
    dispatch(joined(wanted.map(({ message }) => message)));
  };
  const tell: Surroundings["tell"] = (message, signal) => {
    // the first answer is drawn at once, those that follow it together
    const wait = world.clock.ticks() - flushedAt > gathering ? 0 : gathering;
    if (gathered.push({ message, signal }) === 1) setTimeout(flush, wait);
  };
  const around: Surroundings = {
    world,
    tell,
    connection() {
      if (connection === undefined) throw new RegistryError("UNKNOWN", "no registry is open");
      return connection;
    },
    track(work) {
      busy++;
      work
        .catch((error) => tell(logLine(error)))
        .finally(() => {
          busy--;
          if (busy === 0 && gathered.length === 0) dispatch([]);
        });
    },
    async untracked(waiting) {
      busy--;
      if (busy === 0 && gathered.length === 0) dispatch([]);
      return waiting.finally(() => void busy++);
    },
    jobs: new Map(),
  };
  const reads = reading(around);

  function connect(address: RegistryAddress, login?: Login): void {
    reads.stop();
    connection = world.connect(address, { login, tell: (exchange) => tell({ is: "exchange", exchange }) });
  }

  return {
    isIdle: () => busy === 0 && gathered.length === 0,
    async stop() {
      reads.stop();
      const running = [...around.jobs];
      for (const [job] of running) stopJob(around, job);
      await Promise.all(running.map(([, { ended }]) => ended));
    },
    run(effect) {
      switch (effect.do) {
        case "connect":
          around.track(open(around, effect, connect));
          break;
        case "login":
          connect(around.connection().session.address, effect);
          around.track(restart(around));
          break;
        case "list-repositories":
          reads.repositories();
          break;
        case "list-tags":
          reads.tags(effect.repository);
          break;
        case "look":
          reads.look(effect);
          break;
        case "scan":
          reads.scan(effect);
          break;
        default:
          act(around, effect);
          break;
      }
    },
  };
}

type Acting = Exclude<
  Effect,
  ScreenEffect | { do: "connect" | "login" | "list-repositories" | "list-tags" | "look" | "scan" }
>;

function act(around: Surroundings, effect: Acting): void {
  const { world, tell, track, jobs } = around;
  switch (effect.do) {
    case "plan":
      startRemoval(around, effect);
      break;
    case "confirm":
      jobs.get(effect.job)?.confirm?.();
      break;
    case "cancel":
      stopJob(around, effect.job);
      break;
    case "undo":
      startUndo(around, effect);
      break;
    case "recover":
      startRecovery(around, effect);
      break;
    case "remnants":
      track(findRemnants(around, { isQuiet: false }));
      break;
    case "history":
      track(history(world.journal).then((document) => tell({ is: "history", document })));
      break;
    case "doctor":
      startJob(around, effect.job, (signal) => examined(around, effect, signal));
      break;
    case "remember":
      track(world.remember(effect.name).then((names) => tell({ is: "recents", names })));
      break;
  }
}

async function open(
  around: Surroundings,
  { address, repository }: Extract<Effect, { do: "connect" }>,
  connect: (address: RegistryAddress) => void,
): Promise<void> {
  const { world, tell } = around;
  connect(address);
  const { isReadOnly, isProduction } = world.rulesFor(address);
  tell({ is: "connected", address, isReadOnly, isProduction });
  tell({
    is: "start",
    repository,
    recents: await world.remember(`${address.host}${repository === undefined ? "" : `/${repository}`}`),
  });
  await findRemnants(around, { isQuiet: true });
}

async function restart({ world, tell }: Surroundings): Promise<void> {
  tell({ is: "start", repository: undefined, recents: await world.recents() });
}

async function examined(
  around: Surroundings,
  { repository }: Extract<Effect, { do: "doctor" }>,
  signal: AbortSignal,
): Promise<void> {
  const emit = () => {};
  const document = await examine(around.connection().session, { ...around.world, repository, rehearse: false, emit });
  if (!signal.aborted) around.tell({ is: "doctor", document });
}
