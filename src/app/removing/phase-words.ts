import type { Phase } from "../../untag/events.ts";

/** Each phase of an operation in words for a person. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  listing: "listing the tags",
  reading: "reading the chosen tags",
  scanning: "scanning for siblings",
  probing: "trying whether it can be put back",
  rehearsing: "rehearsing on scratch tags",
  overwriting: "pointing at the decoy",
  deleting: "deleting the decoy",
  removing: "removing",
  verifying: "reading everything back",
  restoring: "putting back",
};
