import { once } from "node:events";
import process from "node:process";
import { behaviours, type ServedRegistry, type ServeOptions, serveRegistry } from "../../app/serving/serve-registry.ts";
import { inWords, RegistryError } from "../../registry/errors.ts";
import { messageOf } from "../../support/message-of.ts";
import { printable } from "../../support/printable.ts";
import { codeOf } from "../../support/system-error.ts";
import { openSettings } from "../context.ts";
import { UsageError } from "../errors.ts";
import { expectFile } from "../named-files.ts";
import { answer } from "../output.ts";
import { oneOf, type Said } from "../settings.ts";
import { standardError } from "../streams.ts";
import { systemFailure } from "../system-failure.ts";

/** `tagwise registry`: serves until a signal comes; the exit code is then 0. */
export async function action(_: readonly string[], flags: Said): Promise<number> {
  const { settings } = await openSettings(flags);
  const served = await serve(optionsFrom(flags));
  const end = ended(); // before the line that tells others that it runs
  await answer(settings, { url: served.url }, () => served.url);
  await end;
  await Promise.race([served.close(), ended().then(() => process.exit(0))]); // a second signal ends it at once
  return 0;
}

function optionsFrom(flags: Said): ServeOptions {
  if (typeof flags.htpasswd === "string") expectFile("--htpasswd", flags.htpasswd);
  return {
    addr: String(flags.addr),
    behaveLike: oneOf("behave-like", flags.behaveLike, Object.keys(behaviours)),
    noDelete: flags.delete === false,
    readOnly: flags.readOnly === true,
    ...(typeof flags.storage === "string" && { storage: flags.storage }),
    ...(typeof flags.htpasswd === "string" && { htpasswd: flags.htpasswd }),
    onFault,
  };
}

/** Writes a server fault to standard error, since the client gets only a 500. */
const onFault: NonNullable<ServeOptions["onFault"]> = (error, { method, path }) => {
  const { message, next } = systemFailure(error) ?? { message: messageOf(error), next: undefined };
  standardError().write(`${printable(`${method} ${path}: ${inWords({ message, next })}`)}\n`);
};

async function serve(options: ServeOptions): Promise<ServedRegistry> {
  try {
    return await serveRegistry(options);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    const code = codeOf(error);
    if (code === "EADDRINUSE") {
      const next = "choose another with --addr, or any free port with --addr 127.0.0.1:0";
      const message = `${options.addr} is taken by another program`;
      throw new RegistryError("UNREACHABLE", message, { cause: error, said: code, next });
    }
    throw error;
  }
}

function ended(): Promise<unknown> {
  return Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
}
