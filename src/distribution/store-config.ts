import * as v from "valibot";

/** Where a registry's configuration keeps its storage. */
export interface Configured {
  readonly filesystem?: { readonly rootdirectory: string };
  readonly s3?: S3Configuration;
  /** `none`, `inmemory` or `redis`. */
  readonly cache: string;
}

/** The S3 driver's section of a registry's configuration; `rootdirectory` is the prefix within the bucket. */
export interface S3Configuration {
  readonly bucket: string;
  readonly rootdirectory: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Section = Record<string, unknown>;

/**
 * Reads the storage section as the registry does, overrides from its environment included. Pure. Throws what is wrong
 * with it.
 */
export function configured(document: unknown, environment: Environment): Configured {
  const storage = sectionOf(overridden(sectionOf(sectionOf(document).storage), environment));
  const cache = cacheIn(sectionOf(storage.cache));
  const s3 = storage.s3 ?? storage.s3aws;
  if (s3 !== undefined && s3 !== null) return { s3: s3Of(sectionOf(s3)), cache };
  if (!("filesystem" in storage)) return { cache };
  const { rootdirectory } = read(filesystemSchema, sectionOf(storage.filesystem), "filesystem");
  return { filesystem: { rootdirectory }, cache };
}

/** `REGISTRY_STORAGE_S3_BUCKET` sets `storage.s3.bucket`; a name of the driver alone chooses it. */
function overridden(storage: Section, environment: Environment): Section {
  const merged: Section = { ...storage };
  const driver = environment.REGISTRY_STORAGE;
  if (driver !== undefined && driver !== "") {
    for (const other of ["filesystem", "s3", "s3aws"]) if (other !== driver) delete merged[other];
    merged[driver] ??= {};
  }
  for (const [name, value] of Object.entries(environment)) {
    const [, section, key] = /^REGISTRY_STORAGE_(FILESYSTEM|S3|S3AWS|CACHE)_([A-Z]+)$/.exec(name) ?? [];
    if (section === undefined || key === undefined || value === undefined) continue;
    merged[section.toLowerCase()] = { ...sectionOf(merged[section.toLowerCase()]), [key.toLowerCase()]: value };
  }
  return merged;
}

function cacheIn({ blobdescriptor, layerinfo }: Section): string {
  const kind = blobdescriptor ?? layerinfo;
  return typeof kind === "string" && kind !== "" ? kind : "none";
}

function s3Of(section: Section): S3Configuration {
  const { bucket, rootdirectory, region, regionendpoint, forcepathstyle, accesskey, secretkey } = read(
    s3Schema,
    section,
    "s3",
  );
  return {
    bucket,
    rootdirectory,
    ...(region !== undefined && { region }),
    ...(regionendpoint !== undefined && { endpoint: regionendpoint }),
    ...(forcepathstyle !== undefined && { forcePathStyle: String(forcepathstyle) === "true" }),
    ...(accesskey !== undefined && { accessKeyId: accesskey }),
    ...(secretkey !== undefined && { secretAccessKey: secretkey }),
  };
}

/** Says what is wrong and never what was there instead: it may be a key. */
function read<Schema extends v.ObjectSchema<v.ObjectEntries, undefined>>(
  schema: Schema,
  section: Section,
  name: string,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, section);
  if (success) return output;
  const [{ received, expected }] = issues;
  const key = `storage.${name}.${v.getDotPath(issues[0])}`;
  throw new TypeError(received === "undefined" ? `${key} is missing` : `${key} must be of the type ${expected}`);
}

function sectionOf(value: unknown): Section {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value } : {};
}

const filesystemSchema = v.object({ rootdirectory: v.optional(v.string(), "/var/lib/registry") });
const text = v.exactOptional(v.string());
const s3Schema = v.object({
  bucket: v.string(),
  rootdirectory: v.optional(v.string(), ""),
  region: text,
  regionendpoint: text,
  forcepathstyle: v.exactOptional(v.union([v.boolean(), v.string()])),
  accesskey: text,
  secretkey: text,
});
