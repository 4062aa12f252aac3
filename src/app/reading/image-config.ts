import * as v from "valibot";
import { RegistryError } from "../../registry/errors.ts";
import { formatPlatform } from "../../registry/image.ts";

/** What an image's config says about it; a field is undefined where it says nothing. */
export interface ImageConfig {
  /** RFC 3339, as written in the config. */
  readonly created: string | undefined;
  readonly platform: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Parses an image config; a field of the wrong type counts as absent. Throws `MANIFEST_INVALID` where it is no JSON
 * object.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const parsed = v.safeParse(configSchema, parseJson(bytes));
  if (!parsed.success) throw new RegistryError("MANIFEST_INVALID", "the image config is not a JSON object");
  const { created, os, architecture, variant, config } = parsed.output;
  return {
    created: isTime(created) ? created : undefined,
    platform: os && architecture ? formatPlatform({ os, architecture, ...(variant && { variant }) }) : undefined,
    labels: config?.Labels ?? {},
  };
}

/** False also for the year 1, which Go writes for a time that was never set. */
function isTime(text: string | undefined): text is string {
  if (text === undefined || !rfc3339.test(text)) return false; // Date.parse alone takes "foo 7" for July 2001
  return !text.startsWith("0001-") && !Number.isNaN(Date.parse(text));
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;

function parseJson(bytes: Uint8Array): unknown {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(json) ? undefined : json; // valibot takes an array for an object
  } catch (cause) {
    throw new RegistryError("MANIFEST_INVALID", "the image config is not JSON", { cause });
  }
}

const text = v.fallback(v.optional(v.string()), undefined);
const configSchema = v.object({
  created: text,
  os: text,
  architecture: text,
  variant: text,
  config: v.fallback(
    v.nullish(v.object({ Labels: v.fallback(v.nullish(v.record(v.string(), v.string())), undefined) })),
    undefined,
  ),
});
