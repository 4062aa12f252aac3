import { RegistryError } from "./errors.ts";

/**
 * What programs in Go, as nearly all registries are, take for the value of a field; anything where they do not read it.
 */
type Shape = "anything" | "text" | "whole" | "base64" | List | Dictionary | Structure;
type List = { readonly list: Shape };
type Dictionary = { readonly values: Shape };
type Structure = { readonly fields: Readonly<Record<string, Shape>> };

const texts: List = { list: "text" };
const named: Dictionary = { values: "text" };
const os = { os: "text", "os.version": "text", "os.features": texts } as const;
const platform: Structure = { fields: { ...os, architecture: "text", variant: "text", features: texts } };
const place = { mediaType: "text", digest: "text", size: "whole", urls: texts } as const;
const descriptor: Structure = { fields: { ...place, annotations: named, data: "base64", platform } };
const lists = { layers: { list: descriptor }, manifests: { list: descriptor } } as const;
const unread: Structure = { fields: {} };
const unreadParts = { subject: unread, blobs: { list: unread }, fsLayers: { list: unread } } as const;
const marks = { schemaVersion: "whole", mediaType: "text", annotations: named } as const;
const manifest: Structure = { fields: { ...marks, config: descriptor, ...lists, ...unreadParts } };

const structures: readonly Structure[] = [manifest, descriptor, platform];
const names: ReadonlySet<string> = new Set([
  ...structures.flatMap(({ fields }) => Object.keys(fields)),
  ...["artifactType", "blobSum"],
]);
const foldedNames: ReadonlySet<string> = new Set([...names].map(folded));

/** Go reads nothing that is nested deeper. */
const deepest = 10_000;
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Refuses a manifest that is JSON and that a registry in Go reads otherwise, or not at all: it would answer 500 from
 * then on, and its collector would stop there for good. Only the text itself tells: `9.0` is no whole number, and where
 * a field comes twice, both must do. Throws `MANIFEST_INVALID`.
 */
export function requireWellFormed(bytes: Uint8Array): void {
  const around: Container[] = [];
  for (const [token] of new TextDecoder().decode(bytes).matchAll(tokens)) {
    const inner = around.at(-1);
    if (token === "}" || token === "]") around.pop();
    else if (token === ":") continue;
    else if (inner === undefined) takeValue(around, token, manifest);
    else if (token === ",") inner.key = undefined;
    else if (inner.isObject && inner.key === undefined) inner.key = JSON.parse(token);
    else takeValue(around, token, shapeIn(inner));
  }
}

interface Container {
  readonly isObject: boolean;
  readonly shape: Shape;
  /** Of the value that comes next, or is being read. */
  key: string | undefined;
}

function takeValue(around: Container[], token: string, shape: Shape): void {
  if (!isValue(token, shape)) {
    throw invalid(`a registry could not read its ${around.findLast(({ key }) => key !== undefined)?.key}`);
  }
  if (token !== "{" && token !== "[") return;
  around.push({ isObject: token === "{", shape, key: undefined });
  if (around.length > deepest) throw invalid("a registry could not read it so deep");
}

/** Go does not look at the case of a key, and takes one that it does not know for another. */
function shapeIn({ shape, key = "" }: Container): Shape {
  if (typeof shape !== "object") return "anything";
  if ("list" in shape) return shape.list;
  if ("values" in shape) return shape.values;
  if (!names.has(key) && foldedNames.has(folded(key))) {
    throw invalid(`a registry takes its key ${JSON.stringify(key)} for another`);
  }
  return (Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined) ?? "anything";
}

/** Case as Unicode folds it: the long s and the sign of Kelvin are letters, too. */
export function folded(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function isValue(token: string, shape: Shape): boolean {
  if (shape === "anything" || token === "null") return true;
  if (token === "{") return typeof shape === "object" && !("list" in shape);
  if (token === "[") return typeof shape === "object" && "list" in shape;
  if (token.startsWith('"')) return shape === "text" || (shape === "base64" && isBase64(JSON.parse(token)));
  return shape === "whole" && /^-?\d+$/.test(token) && Number.isSafeInteger(Number(token));
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function invalid(says: string): RegistryError {
  return new RegistryError("MANIFEST_INVALID", `not a manifest: ${says}`);
}
