import type { DoctorDocument } from "../../app/doctor.ts";
import { bold, dim, plain, red, yellow } from "../screen/style.ts";
import type { Line } from "./box.ts";
import { wrapped } from "./words.ts";

/** What the doctor found as lines; undefined while it is still asking. */
export function doctorLines(document: DoctorDocument | undefined, width: number): readonly Line[] {
  if (document === undefined) return [{ text: "asking …", style: dim }];
  const { registry, repository, kind, version, deletion, strategy, exact, findings } = document;
  const proven =
    exact === true ? ", proven to remove the named tag alone" : ", rehearsed on scratch tags before it is used";
  const colours = { info: plain, warning: yellow, problem: red };
  return [
    { text: `${registry}, asked about ${repository}`, style: bold },
    { text: `kind      ${kind}${version === null ? "" : ` ${version}`}` },
    { text: `deletion  ${deletion}` },
    { text: `strategy  ${strategy === null ? "none: no tag can be removed" : strategy + proven}` },
    ...findings.flatMap(({ severity, says, request, answer }) => [
      { text: "" },
      ...wrapped(`${severity}: ${says}`, width).map((text) => ({ text, style: colours[severity] })),
      ...wrapped(`${request}: ${answer}`, width - 2).map((text) => ({ text, style: dim, indent: 2 })),
    ]),
  ];
}
