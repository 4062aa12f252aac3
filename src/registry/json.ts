/** Reads JSON, where `null` is as good as absent: programs in Go write so what they leave empty. Throws `SyntaxError`. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  // looking at each value takes three times as long
  return text.includes("null") ? JSON.parse(text, (_, value: unknown) => value ?? undefined) : JSON.parse(text);
}
