import process from "node:process";
import { serveRegistry } from "../../../src/app/serve-registry.ts";

/** Serves the embedded registry in a process of its own: `serve-embedded.ts HOST:PORT DIRECTORY`. */
const [, , addr = "", storage = ""] = process.argv;
const served = await serveRegistry({ addr, storage });
process.once("SIGTERM", () => void served.close());
