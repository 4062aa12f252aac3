#!/usr/bin/env node
import { argv, env } from "node:process";
import { tellVersion } from "../version.ts";
import { compiledCode } from "./compiled-code.ts";
import { loadEntry } from "./load-chunks.ts";

// scripts often ask for the version, so it is answered before anything else is loaded
if (!tellVersion(argv.slice(2))) loadEntry(__dirname, compiledCode(argv[2], env));
