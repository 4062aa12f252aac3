import { examine } from "../app/doctor.ts";
import { history } from "../app/removing/history.ts";
import { RegistryError } from "../registry/errors.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import { findRemnants, startRecovery, startRemoval, startUndo } from "./effects/changing.ts";
import { gatherer } from "./effects/gatherer.ts";
import { type Reading, reading } from "./effects/reading.ts";
import { logLine, type Surroundings, startJob, stopJob } from "./effects/surroundings.ts";
import type { Effect, Message, ScreenEffect } from "./message.ts";
import type { Connection, Login, World } from "./world.ts";

/** The effects that are carried out here and not by the terminal. */
type OwnEffect = Exclude<Effect, ScreenEffect>;

/** Carries out effects in the background. */
export interface Effects {
  run(effect: OwnEffect): void;
  /** True where nothing is under way, so that no message is to be expected. */
  isIdle(): boolean;
  /** Stops everything; resolves when jobs that change something have been finished or rolled back. */
  stop(): Promise<void>;
}

/** Carries effects out with the use cases; the messages that result go to `dispatch`, gathered for up to 25 ms. */
export function effectsOn(world: World, dispatch: (messages: readonly Message[]) => void): Effects {
  let connection: Connection | undefined;
  let busy = 0;
  const { tell, isEmpty } = gatherer(world.clock, dispatch);
  const isIdle = () => busy === 0 && isEmpty();
  const rest = () => {
    busy--;
    if (isIdle()) dispatch([]);
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
      work.catch((error) => tell(logLine(error))).finally(rest);
    },
    async untracked(waiting) {
      rest();
      return waiting.finally(() => void busy++);
    },
    jobs: new Map(),
  };
  const reads = reading(around);

  function connect(address: RegistryAddress, login?: Login): void {
    reads.stop();
    connection = world.connect(address, { login, tell: (exchange) => tell({ is: "exchange", exchange }) });
  }
  const carrying = carryingOut(around, { reads, connect });

  return {
    isIdle,
    async stop() {
      reads.stop();
      const running = [...around.jobs];
      for (const [job] of running) stopJob(around, job);
      await Promise.all(running.map(([, { ended }]) => ended));
    },
    run(effect) {
      const carryOut = carrying[effect.do] as (effect: OwnEffect) => void; // which takes effects of this kind
      carryOut(effect);
    },
  };
}

type CarryingOut = { readonly [Do in OwnEffect["do"]]: (effect: Extract<OwnEffect, { do: Do }>) => void };

interface Reaching {
  readonly reads: Reading;
  readonly connect: (address: RegistryAddress, login?: Login) => void;
}

/** How each effect is carried out. */
function carryingOut(around: Surroundings, { reads, connect }: Reaching): CarryingOut {
  const { world, tell, track, jobs } = around;
  return {
    connect: (effect) => track(open(around, effect, connect)),
    login(effect) {
      connect(around.connection().session.address, effect);
      track(restart(around));
    },
    remember: ({ name }) => track(world.remember(name).then((names) => tell({ is: "recents", names }))),

    "list-repositories": () => reads.repositories(),
    "list-tags": ({ repository }) => reads.tags(repository),
    look: reads.look,
    scan: reads.scan,

    plan: (effect) => startRemoval(around, effect),
    confirm: ({ job }) => jobs.get(job)?.confirm?.(),
    cancel: ({ job }) => stopJob(around, job),
    undo: (effect) => startUndo(around, effect),
    recover: (effect) => startRecovery(around, effect),
    remnants: () => track(findRemnants(around, { isQuiet: false })),
    history: () => track(history(world.journal).then((document) => tell({ is: "history", document }))),
    doctor: (effect) => startJob(around, effect.job, (signal) => examined(around, effect, signal)),
  };
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
  around.tell({ is: "doctor", document }, signal);
}
