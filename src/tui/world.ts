import type { RemoveOptions } from "../app/removing/remove-tags.ts";
import type { Session } from "../app/session.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import type { PlanRules } from "../untag/plan.ts";

/** Everything around the screen: registries, the journal, the disk, the time. */
export interface World
  extends Pick<RemoveOptions, "journal" | "locks" | "clock" | "random" | "host" | "concurrency" | "wait"> {
  /** Opens a registry; with a login instead of the stored credentials. */
  readonly connect: (address: RegistryAddress, options: ConnectOptions) => Connection;
  readonly rulesFor: (address: RegistryAddress) => RegistryRules;
  /** References opened lately, the last first. */
  readonly recents: () => Promise<readonly string[]>;
  readonly remember: (name: string) => Promise<readonly string[]>;
}

export interface ConnectOptions {
  readonly login?: Login | undefined;
  /** Is told of each request that went out. */
  readonly tell: (exchange: ToldExchange) => void;
}

/** A request and what came of it, in words; secrets are left out. */
export interface ToldExchange {
  /** The method and the path; the whole URL where it went to another host than the registry. */
  readonly asked: string;
  /** The status; undefined where no answer came. */
  readonly status: number | undefined;
  /** How long it took and how large the answer is, or why none came. */
  readonly about: string;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface Connection {
  readonly session: Session;
  /** Who asks, once the registry wanted to know. */
  readonly user: () => string | undefined;
}

/** What this user allows on a registry. */
export interface RegistryRules extends Pick<PlanRules, "protectedBy"> {
  readonly isReadOnly: boolean;
  readonly isProduction: boolean;
}
