import { hasCode, RegistryError } from "../../registry/errors.ts";
import { bodyOf, readBody } from "../../wire/body.ts";
import type { Response, Transport } from "../../wire/transport.ts";

/** How Go, nginx and Apache answer plain http on a port for https. */
const saysTls = /HTTP request (?:was sent )?to (?:an )?HTTPS|plain HTTP (?:request|to an SSL)/i;

/**
 * Recognises, at the first request by plain http, a server that wants TLS, and throws an error that says so
 * (`UNREACHABLE`, `LOST`).
 */
export function suspectingTls(transport: Transport, origin: URL): Transport {
  let known = false;
  return async function send(request) {
    if (known) return transport(request);
    const answer = await transport(request).catch((error: unknown) => {
      throw hasCode(error, "LOST") && !known && !request.signal?.aborted ? suspicious(error) : error;
    });
    if (answer.status === 400 && !known) return checked(answer, origin);
    known = true;
    return answer;
  };
}

function suspicious(error: RegistryError): RegistryError {
  return new RegistryError("LOST", error.message, {
    cause: error.cause,
    next: "if the registry speaks https, write https:// before the host, or nothing and --tls",
  });
}

async function checked(answer: Response, origin: URL): Promise<Response> {
  const body = await readBody(answer, 64 * 1024);
  if (saysTls.test(new TextDecoder().decode(body))) {
    throw new RegistryError("UNREACHABLE", `${origin.host} speaks https`, {
      next: "write https:// before the host, or nothing and --tls",
    });
  }
  return { ...answer, body: bodyOf(body) };
}
