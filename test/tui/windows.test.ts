import { expect, it } from "vitest";
import type { HistoryOperation } from "../../src/app/removing/history.ts";
import type { Message } from "../../src/tui/message.ts";
import type { Model } from "../../src/tui/model/model.ts";
import { textOf } from "../../src/tui/screen/cells.ts";
import { reverse } from "../../src/tui/screen/style.ts";
import { view } from "../../src/tui/view.ts";
import { answers, digestOf, empty, example, planFor, played, repository } from "./example.ts";

const resized = (height: number): Message => ({ is: "resize", size: { width: 120, height } });

/** The rows that are wholly reversed: those of a cursor. */
function cursorRows(model: Model): readonly string[] {
  const { styles, width } = view(model);
  const rows = textOf(view(model)).split("\n");
  return rows.filter((_, y) => ((styles[y * width + width / 2] ?? 0) & reverse) !== 0);
}

it("the history shows its cursor also in a window that has become smaller", () => {
  const operations = Array.from({ length: 40 }, (_, index): HistoryOperation => operation(`tag-${index}`));
  const { model } = played(example(), "U", { is: "history", document: { operations } }, ..."j".repeat(30));
  expect(cursorRows(model)).toEqual([expect.stringContaining("tag-30")]);
  for (const height of [35, 33, 20, 10])
    expect(cursorRows(played(model, resized(height)).model)).toEqual([expect.stringContaining("tag-30")]);
});

it("the cursor of the jobs stays on one of them where others end", () => {
  const scanning = played(empty(), ...answers.slice(0, 7), "d", { is: "planned", job: 2, plan: planFor("1.4") });
  const { model } = played(scanning.model, "y", "esc", "w", "j", { is: "job-end", job: 1 });
  expect(played(model, "x").effects).toEqual([{ do: "cancel", job: 2 }]);
});

it("the preview shows what goes also in the smallest window, and what is typed", () => {
  const small = example({ width: 40, height: 10 });
  const start = played(small, "d", { is: "planned", job: 2, plan: planFor("1.4") }).model;
  const production = { ...start, registry: { ...start.registry, isProduction: true } };
  for (const model of [start, production]) expect(textOf(view(model))).toContain("goes     1.4 ");
  expect(textOf(view(played(production, "y", "1").model))).toMatch(/> 1 .*y removes.*goes {5}1\.4 /s);
});

function operation(tag: string): HistoryOperation {
  return {
    operation: tag,
    at: "2026-11-20T14:03:00Z",
    registry: "registry.example",
    state: "done",
    undoable: true,
    strategy: "decoy",
    tags: [{ repository: `registry.example/${repository}`, tag, digest: digestOf(tag), outcome: "removed" }],
  };
}
