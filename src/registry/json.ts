/**
 * Parses JSON and turns `null` fields into absent ones, since programs in Go write empty lists as `null`. Throws
 * `SyntaxError`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  // a reviver takes three times as long, so it runs only where there may be a null
  return text.includes("null") ? JSON.parse(text, (_, value: unknown) => value ?? undefined) : JSON.parse(text);
}
