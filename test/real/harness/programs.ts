import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

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

/** True where a program is installed. */
export function isInstalled(name: string): boolean {
  return findProgram(name) !== undefined;
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
