import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Starts a real server on a free port of this machine for one test, and ends it with the test. */
export function serving(listener: http.RequestListener): Promise<URL> {
  return listening(http.createServer(listener), "http");
}

/** The same over TLS. */
export function servingTls(options: https.ServerOptions, listener: http.RequestListener): Promise<URL> {
  return listening(https.createServer(options, listener), "https");
}

/** A server that speaks bytes, by the number of the connection: it lets a test lie about HTTP. */
export function speaking(onBytes: (socket: net.Socket, text: string, connection: number) => void): Promise<URL> {
  let connections = 0;
  const server = net.createServer((socket) => {
    const connection = ++connections;
    socket.on("data", (bytes) => onBytes(socket, bytes.toString("latin1"), connection));
    socket.on("error", () => {});
  });
  return listening(server, "http");
}

/** A place where nobody listens any more. */
export async function closed(): Promise<URL> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new URL(`http://127.0.0.1:${port}`);
}

/** Puts a server on a free port and ends it, with every connection, when the test is over. */
export async function listening(server: net.Server, scheme: string): Promise<URL> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
