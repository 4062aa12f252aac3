import { expect, it } from "vitest";
import { parseRepositoryName, parseTag } from "../../registry/names.ts";
import type { Message } from "../message.ts";
import { joined } from "./joined.ts";

const rows = (repository: string, ...tags: readonly string[]): Message => ({
  is: "rows",
  repository: parseRepositoryName(repository),
  rows: tags.map((tag) => ({ tag: parseTag(tag), digest: undefined })),
});
const progress = (done: number): Message => ({ is: "progress", job: 1, doing: "reading", done, total: 3 });
const anew: Message = { is: "tags", repository: parseRepositoryName("a"), names: [], isAnew: true };

it("brings rows of one repository together, as far as nothing between them tells them apart", () => {
  const told = [rows("a", "1"), progress(1), rows("a", "2"), progress(2), rows("b", "1"), anew, rows("b", "2")];
  expect(joined(told)).toEqual([rows("a", "1", "2"), progress(1), progress(2), rows("b", "1"), anew, rows("b", "2")]);
});
