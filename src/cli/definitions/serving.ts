import { Option } from "commander";
import { add, type Definitions } from "./add.ts";

/** The commands `registry`, `demo`, `login`, `logout` and `completion`. */
export const serving: Definitions = {
  registry: (program) =>
    add(program, "registry", "serve the embedded registry", () => import("../commands/registry.ts"))
      .option("--addr <host:port>", "where to listen", "127.0.0.1:5000")
      .option(
        "--storage <dir>",
        "keep everything in this folder, in the layout of the distribution registry (default: memory)",
      )
      .addOption(
        new Option("--behave-like <kind>", "misbehave like a registry of this kind")
          .choices(["oci", "distribution2", "distribution3", "gitlab", "harbor", "nexus", "greedy"])
          .default("oci"),
      )
      .option("--htpasswd <file>", "ask for a name and password in this file (bcrypt)")
      .option("--no-delete", "refuse every deletion")
      .option("--read-only", "refuse every change"),

  demo: (program) =>
    add(
      program,
      "demo",
      "show the problem and the answer on an embedded registry",
      () => import("../commands/demo.ts"),
    ),

  login: (program) =>
    add(program, "login <host>", "store credentials where docker keeps them", () => import("../commands/login.ts")),

  logout: (program) =>
    add(program, "logout <host>", "remove stored credentials", () => import("../commands/logout.ts")),

  completion: (program) =>
    add(
      program,
      "completion <shell>",
      "print the completion script for bash, zsh, fish or powershell",
      () => import("../commands/completion.ts"),
    ),
};
