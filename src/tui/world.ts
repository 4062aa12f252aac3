import type { RemoveOptions } from "../app/removing/remove-tags.ts";
import type { Session } from "../app/session.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import type { PlanRules } from "../untag/plan.ts";

/** Everything around the UI: registries, the journal, the disk and the time. */
export interface World
  extends Pick<RemoveOptions, "journal" | "locks" | "clock" | "random" | "host" | "concurrency" | "wait"> {
  /** Opens a registry, with a login or else the stored credentials. */
  readonly connect: (address: RegistryAddress, options: ConnectOptions) => Connection;
  readonly rulesFor: (address: RegistryAddress) => RegistryRules;
  /** The names that were opened last, newest first. */
  readonly recents: () => Promise<readonly string[]>;
  /** Puts a name first among them, and resolves to the new list. */
  readonly remember: (name: string) => Promise<readonly string[]>;
}

/** How a registry is opened. */
export interface ConnectOptions {
  readonly login?: Login | undefined;
  /** Called for each request that was sent. */
  readonly tell: (exchange: ToldExchange) => void;
}

/** A request and its answer in words, without secrets. */
export interface ToldExchange {
  /** The method and the path; the whole URL where it went to another host than the registry. */
  readonly asked: string;
  /** The status; undefined where no answer came. */
  readonly status: number | undefined;
  /** The time that it took and the size of the answer, or why none came. */
  readonly about: string;
}

/** A name and password that the person typed; they are not stored. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** An open registry. */
export interface Connection {
  readonly session: Session;
  /** The user name in use; undefined while the registry has not asked for credentials. */
  readonly user: () => string | undefined;
}

/** What this user's settings allow on a registry. */
export interface RegistryRules extends Pick<PlanRules, "protectedBy"> {
  readonly isReadOnly: boolean;
  readonly isProduction: boolean;
}
