#!/usr/bin/env node
import { argv, env } from "node:process";
import { compiledCode } from "./compiled-code.ts";
import { loadEntry } from "./load-chunks.ts";

// what a command compiled is kept, and the next run of it starts in two thirds of the time
const code = compiledCode(argv[2], env);
loadEntry(__dirname, code);
