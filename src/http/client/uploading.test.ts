import { expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { digestOf } from "../../registry/digest.ts";
import { parseRepositoryName } from "../../registry/names.ts";
import { putBlob } from "../../registry/uploads.ts";
import { nodeTransport } from "../connection/node-transport.ts";
import { httpRegistry } from "./client.ts";

const repository = parseRepositoryName("team/app");

it("goes on where a relative Location leads from the request that it answers", async () => {
  const seen: string[] = [];
  const origin = await serving((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const location = request.method === "POST" ? "1?state=x" : "?state=y";
    request.resume().on("end", () => response.writeHead(request.method === "PUT" ? 201 : 202, { location }).end());
  });
  const registry = httpRegistry(nodeTransport(origin));
  const { digest } = await putBlob(registry, repository, Buffer.from("x"));
  expect(await registry.mountBlob(repository, digestOf(Buffer.from("y")))).toBe(false);
  const uploads = "/v2/team/app/blobs/uploads/";
  expect(seen).toEqual([
    `POST ${uploads}`,
    `PATCH ${uploads}1?state=x`,
    `PUT ${uploads}1?state=y&digest=${encodeURIComponent(digest)}`,
    `POST ${uploads}?mount=${encodeURIComponent(digestOf(Buffer.from("y")))}`,
    `DELETE ${uploads}1?state=x`,
  ]);
});
