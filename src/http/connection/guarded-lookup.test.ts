import { describe, expect, it } from "vitest";
import { serving } from "../../../test/support/servers.ts";
import { guardedLookup } from "./guarded-lookup.ts";
import { nodeTransport } from "./node-transport.ts";

const get = { method: "GET", path: "/", headers: {} };

describe("guardedLookup()", () => {
  it.each(["169.254.169.254", "0.0.0.0", "fe80::1", "::ffff:169.254.169.254"])(
    "refuses a name that leads to %s",
    async (address) => {
      const error = await new Promise((resolve) => guardedLookup(address, { all: true }, resolve));
      expect(error).toMatchObject({ message: expect.stringContaining("refused") });
    },
  );

  it("finds every other host, asked for one address or for all", async () => {
    const { port } = await serving((_, response) => response.end());
    const transport = nodeTransport(new URL(`http://localhost:${port}`), { lookup: guardedLookup });
    expect((await transport(get)).status).toBe(200);
    const one = await new Promise((resolve) => guardedLookup("127.0.0.1", {}, (_, address) => resolve(address)));
    expect(one).toBe("127.0.0.1");
  });

  it("says UNREACHABLE where there is no such host", async () => {
    const transport = nodeTransport(new URL("http://nowhere.invalid"), { lookup: guardedLookup });
    await expect(transport(get)).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
});
