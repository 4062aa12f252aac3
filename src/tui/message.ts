import type { DoctorDocument } from "../app/doctor.ts";
import type { Inspection } from "../app/reading/inspect-manifest.ts";
import type { HistoryDocument } from "../app/removing/history.ts";
import type { RemovalDocument } from "../app/removing/removal-document.ts";
import type { RepositoryName, Tag } from "../registry/names.ts";
import type { RegistryAddress } from "../registry/reference.ts";
import type { UntagEvent } from "../untag/events.ts";
import type { RepositoryPlan } from "../untag/plan.ts";
import type { Key } from "./keys/key.ts";
import type { ReadRow } from "./model/book.ts";
import type { LogLine, Model } from "./model/model.ts";
import type { Trouble } from "./model/trouble.ts";
import type { Size } from "./screen/cells.ts";
import type { ToldExchange } from "./world.ts";

/** Something that happened: a key, an answer, a change of the window. `update` turns it into a new model. */
export type Message =
  | { readonly is: "key"; readonly key: Key }
  | { readonly is: "paste"; readonly text: string }
  | { readonly is: "click"; readonly x: number; readonly y: number }
  | { readonly is: "resize"; readonly size: Size }
  | { readonly is: "start"; readonly repository: RepositoryName | undefined; readonly recents: readonly string[] }
  | { readonly is: "registry"; readonly user?: string | undefined; readonly kind?: string | undefined }
  | { readonly is: "repositories"; readonly names: readonly RepositoryName[] }
  | { readonly is: "repositories-end"; readonly trouble?: Trouble }
  | {
      readonly is: "tags";
      readonly repository: RepositoryName;
      readonly names: readonly Tag[];
      /** True where these names replace those that came before, which were only their beginning. */
      readonly isAnew?: boolean;
    }
  | { readonly is: "tags-end"; readonly repository: RepositoryName; readonly trouble?: Trouble }
  | { readonly is: "rows"; readonly repository: RepositoryName; readonly rows: readonly ReadRow[] }
  | {
      readonly is: "inspected";
      readonly repository: RepositoryName;
      readonly tag: Tag;
      readonly inspection?: Inspection;
      readonly trouble?: Trouble;
    }
  | {
      readonly is: "progress";
      readonly job: number;
      readonly doing: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly is: "job-end"; readonly job: number; readonly trouble?: Trouble }
  | { readonly is: "event"; readonly job: number; readonly event: UntagEvent }
  | { readonly is: "planned"; readonly job: number; readonly plan: RepositoryPlan }
  | { readonly is: "removed"; readonly job: number; readonly title: string; readonly document: RemovalDocument }
  | { readonly is: "history"; readonly document: HistoryDocument }
  | { readonly is: "remnants"; readonly operations: number; readonly lines: readonly string[] }
  | { readonly is: "doctor"; readonly document: DoctorDocument }
  | { readonly is: "log"; readonly line: Omit<LogLine, "at"> }
  | { readonly is: "exchange"; readonly exchange: ToldExchange }
  | { readonly is: "login-wanted"; readonly refused: boolean; readonly isForCatalog?: boolean }
  | {
      readonly is: "connected";
      readonly address: RegistryAddress;
      readonly isReadOnly: boolean;
      readonly isProduction: boolean;
    }
  | { readonly is: "recents"; readonly names: readonly string[] };

/** Something to be done, as data: `update` returns it, and `effects.ts` or the terminal carries it out. */
export type Effect =
  | { readonly do: "list-repositories" }
  | { readonly do: "list-tags"; readonly repository: RepositoryName }
  | {
      readonly do: "look";
      readonly repository: RepositoryName;
      readonly tag: Tag | undefined;
      readonly isTagRead: boolean;
      readonly rows: readonly Tag[];
    }
  | {
      readonly do: "scan";
      readonly job: number;
      readonly repository: RepositoryName;
      readonly tags: readonly Tag[];
      readonly withFacts: boolean;
    }
  | {
      readonly do: "plan";
      readonly job: number;
      readonly repository: RepositoryName;
      readonly tags: readonly Tag[];
      readonly proof: "siblings" | "listing";
    }
  | { readonly do: "confirm"; readonly job: number }
  | { readonly do: "cancel"; readonly job: number }
  | { readonly do: "undo"; readonly job: number; readonly operation: string | undefined }
  | { readonly do: "history" }
  | { readonly do: "remnants" }
  | { readonly do: "recover"; readonly job: number; readonly rollback: boolean }
  | { readonly do: "doctor"; readonly job: number; readonly repository: RepositoryName | undefined }
  | { readonly do: "login"; readonly username: string; readonly password: string }
  | { readonly do: "connect"; readonly address: RegistryAddress; readonly repository: RepositoryName | undefined }
  | { readonly do: "remember"; readonly name: string }
  | { readonly do: "copy"; readonly text: string }
  | { readonly do: "mouse"; readonly on: boolean }
  | { readonly do: "suspend" | "redraw" | "quit" };

const forScreen = ["copy", "mouse", "suspend", "redraw", "quit"] as const;
/** The effects that the terminal carries out; all others are carried out by `effects.ts`. */
export type ScreenEffect = Extract<Effect, { do: (typeof forScreen)[number] }>;

/** True for an effect that the terminal carries out. */
export function isForScreen(effect: Effect): effect is ScreenEffect {
  return forScreen.some((one) => one === effect.do);
}

/** The result of an update: the new model, and what is to be done. */
export type Step = readonly [model: Model, effects: readonly Effect[]];
