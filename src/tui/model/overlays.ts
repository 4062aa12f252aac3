import type { DoctorDocument } from "../../app/doctor.ts";
import type { HistoryOperation } from "../../app/removing/history.ts";
import type { RemovalDocument } from "../../app/removing/removal-document.ts";
import type { RepositoryName, Tag } from "../../registry/names.ts";
import type { RepositoryPlan } from "../../untag/plan.ts";
import type { Job } from "./job.ts";
import type { Reads } from "./reads.ts";
import type { Trouble } from "./trouble.ts";

/** What is drawn over the panes and has the keys. */
export type Overlay =
  | { readonly is: "help" | "log" | "requests"; readonly top: number }
  | { readonly is: "palette"; readonly text: string; readonly cursor: number }
  | { readonly is: "open"; readonly text: string; readonly cursor: number; readonly trouble: string }
  | LoginOverlay
  | { readonly is: "copy" | "quit" }
  | { readonly is: "jobs"; readonly cursor: number }
  | HistoryOverlay
  | { readonly is: "doctor"; readonly document: DoctorDocument | undefined; readonly top: number }
  | RecoverOverlay
  | PreviewOverlay
  | { readonly is: "progress"; readonly job: number }
  | ResultOverlay;

const pages = ["help", "log", "requests", "doctor"] as const;
/** An overlay that is drawn as a page of lines. */
export type PageOverlay = Extract<Overlay, { is: (typeof pages)[number] }>;

/** True for an overlay that is drawn as a page of lines. */
export function isPage(overlay: Overlay): overlay is PageOverlay {
  return pages.some((page) => page === overlay.is);
}

/** The number of the job that an overlay shows; undefined for one that shows none. */
export function jobOf(overlay: Overlay | undefined): number | undefined {
  return overlay !== undefined && "job" in overlay ? overlay.job : undefined;
}

/** The prompt for a login; `trouble` says why another was refused, and is "" at first. */
export interface LoginOverlay {
  readonly is: "login";
  readonly username: string;
  readonly password: string;
  readonly field: "username" | "password";
  readonly trouble: string;
}

/** The operations of the journal; undefined while they are being read. */
export interface HistoryOverlay {
  readonly is: "history";
  readonly operations: readonly HistoryOperation[] | undefined;
  readonly cursor: number;
  readonly top: number;
}

interface RecoverOverlay {
  readonly is: "recover";
  readonly operations: number;
  readonly lines: readonly string[];
}

/** What a removal would do, before it is confirmed. */
export interface PreviewOverlay {
  readonly is: "preview";
  readonly job: number;
  readonly repository: RepositoryName;
  readonly tags: readonly Tag[];
  readonly proof: "siblings" | "listing";
  /** Undefined while it is being made. */
  readonly plan: RepositoryPlan | undefined;
  readonly read: Reads;
  readonly trouble: Trouble | undefined;
  /** What was typed of the word that confirms; undefined where none is being typed. */
  readonly typed: string | undefined;
  readonly top: number;
}

/** The result of a removal, an undo or a recovery. */
export interface ResultOverlay {
  readonly is: "result";
  readonly of: Job["kind"];
  readonly title: string;
  readonly document: RemovalDocument;
  readonly top: number;
}
