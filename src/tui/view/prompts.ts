import { keyWords } from "../keys/key-words.ts";
import { choices } from "../keys/palette.ts";
import type { Model } from "../model/model.ts";
import type { LoginOverlay, Overlay } from "../model/overlays.ts";
import { type Cells, restyle } from "../screen/cells.ts";
import { bold, dim, plain, red, reverse } from "../screen/style.ts";
import { box, centred, type Line, lines } from "./box.ts";
import { counted, doneOf, wrapped } from "./words.ts";

type Prompt = Extract<Overlay, { is: "palette" | "open" | "login" | "copy" | "quit" | "jobs" | "recover" }>;

/** Draws a small box in the middle of the screen that asks for something. */
export function drawPrompt(cells: Cells, model: Model, prompt: Prompt): void {
  const { title, content, cursor } = contentOf(model, prompt, Math.min(72, cells.width - 8));
  const area = centred(cells, { width: prompt.is === "palette" ? 110 : 76, height: Math.min(content.length + 2, 20) });
  const inner = box(cells, area, model.look, { title, hasFocus: true });
  const top = cursor === undefined ? 0 : Math.max(0, cursor - inner.height + 1);
  lines(cells, inner, content, top);
  if (cursor !== undefined && cursor < content.length)
    restyle(cells, { ...inner, y: inner.y + cursor - top, height: 1 }, reverse);
}

interface Content {
  readonly title: string;
  readonly content: readonly Line[];
  /** The line with the cursor; undefined for none. */
  readonly cursor?: number;
}

function contentOf(model: Model, prompt: Prompt, width: number): Content {
  switch (prompt.is) {
    case "palette":
      return palette(prompt);
    case "open":
      return opening(model, prompt, width);
    case "login":
      return login(model, prompt, width);
    case "copy":
      return {
        title: "Copy",
        content: ["r  the reference", "d  the digest", "p  the pull command"].map((text) => ({ text })),
      };
    case "quit":
      return {
        title: "Quit?",
        content: [
          { text: "something is being changed:" },
          ...jobLines(model),
          { text: "y stops it in good order and quits; Esc stays" },
        ],
      };
    case "jobs":
      return {
        title: "Running",
        content: model.jobs.length > 0 ? jobLines(model) : [{ text: "nothing is running" }],
        ...(model.jobs.length > 0 && { cursor: prompt.cursor }),
      };
    case "recover":
      return recovery(prompt, width);
  }
}

function palette({ text, cursor }: Extract<Prompt, { is: "palette" }>): Content {
  const found = choices(text).map(([name, act]) => ({
    text: `${name.padEnd(16)} ${keyWords(act).padEnd(14)} ${act.does}`,
  }));
  return { title: "Acts", content: [{ text: `: ${text}_`, style: bold }, ...found], cursor: cursor + 1 };
}

function opening(
  { recents }: Model,
  { text, cursor, trouble }: Extract<Prompt, { is: "open" }>,
  width: number,
): Content {
  const names = recents.map((name) => ({ text: name }));
  const hints =
    trouble === ""
      ? [{ text: "HOST, HOST/REPOSITORY, or a repository of this registry", style: dim }]
      : wrapped(trouble, width).map((line) => ({ text: line, style: red }));
  return { title: "Open", content: [{ text: `> ${text}_` }, ...names, ...hints], cursor };
}

function login({ registry }: Model, { username, password, field, trouble }: LoginOverlay, width: number): Content {
  const said = wrapped(
    trouble === "" ? "for this session alone; `tagwise login` stores it where docker does" : trouble,
    width,
  );
  const content = [
    { text: `name      ${username}${field === "username" ? "_" : ""}`, style: field === "username" ? bold : plain },
    {
      text: `password  ${"*".repeat([...password].length)}${field === "password" ? "_" : ""}`,
      style: field === "password" ? bold : plain,
    },
    ...said.map((text) => ({ text, style: trouble === "" ? dim : red })),
  ];
  return { title: `${registry.address?.host ?? ""} wants a login`, content };
}

function jobLines({ jobs }: Model): readonly Line[] {
  return jobs.map((job) => ({ text: `${job.title}: ${job.isStopping ? "stopping" : job.doing}${doneOf(job)}` }));
}

function recovery({ operations, lines: found }: Extract<Prompt, { is: "recover" }>, width: number): Content {
  if (operations === 0) return { title: "Recover", content: [{ text: "nothing is left to recover" }] };
  const said = found.flatMap((line) => wrapped(line, width));
  const ask = { text: "f finishes the removal, b puts the originals back, Esc leaves it", style: bold };
  return { title: `${counted(operations, "operation")} cut off`, content: [...said.map((text) => ({ text })), ask] };
}
