import { readOnly } from "../read-only.ts";
import { bare, plainText } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

const allow = "GET, HEAD";

/** distribution's maintenance mode: its router has no writing methods, and says so in plain text. */
export const readOnlyMaintenance: Quirk = {
  registry: readOnly,
  transport: (transport) => async (request) => {
    if (allow.split(", ").includes(request.method)) return transport(request);
    if (request.method === "OPTIONS") return bare(200, { allow });
    return plainText(request, { status: 405, text: "Method not allowed\n", headers: { allow } });
  },
};
