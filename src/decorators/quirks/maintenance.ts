import { readOnly } from "../read-only.ts";
import { plainText } from "./answers.ts";
import type { Quirk } from "./quirk.ts";

/** distribution's read-only maintenance mode: every writing method gets a 405 in plain text. */
export const readOnlyMaintenance: Quirk = {
  registry: readOnly,
  transport: (transport) => async (request) =>
    ["GET", "HEAD", "OPTIONS"].includes(request.method)
      ? transport(request)
      : plainText(request, { status: 405, text: "Method not allowed\n", headers: { allow: "GET, HEAD" } }),
};
