import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { describe, it } from "vitest";

/** Where programs are looked for: the PATH, then where `go install` and Debian's daemons go. */
const places = [
  ...(process.env.PATH ?? "").split(delimiter),
  ...(process.env.GOPATH === undefined ? [] : [join(process.env.GOPATH, "bin")]),
  join(homedir(), "go", "bin"),
  "/usr/sbin",
  "/sbin",
];

/** The path of a program. Throws where it is not installed. */
export function program(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed; scripts/install-real.sh installs it`);
  return path;
}

/** `describe` where all programs are there; on CI a failed test, elsewhere a skip that says why. */
export function describeWith(programs: readonly string[], title: string, body: () => void): void {
  const missing = programs.filter((name) => findProgram(name) === undefined);
  const reason = `not installed: ${missing.join(", ")} (scripts/install-real.sh installs them)`;
  if (missing.length === 0) {
    describe(title, body);
  } else if (process.env.CI === "true") {
    it(`${title}: its servers and clients are there`, () => {
      throw new Error(reason);
    });
  } else {
    describe.skip(`${title}: ${reason}`, body);
  }
}

function findProgram(name: string): string | undefined {
  if (isAbsolute(name)) return name;
  return places.map((place) => join(place, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
