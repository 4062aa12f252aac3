/** What stands in place of a secret. */
const redacted = "<redacted>";

/** Query parameters that carry no secret; every other value is left out, known or not. */
const openParameters: ReadonlySet<string> = new Set([
  "n",
  "last",
  "digest",
  "mount",
  "from",
  "artifactType",
  "service",
  "scope",
  "client_id",
]);

/** A URL, or a path with a query, without passwords, tokens and signatures. */
export function redactUrl(text: string): string {
  const nowhere = "http://nowhere.invalid";
  if (!URL.canParse(text, nowhere)) return redacted;
  const url = new URL(text, nowhere);
  if (url.username !== "" || url.password !== "") [url.username, url.password] = ["redacted", ""];
  const pairs = [...url.searchParams].map(([name, value]) => {
    return `${encodeURIComponent(name)}=${openParameters.has(name) ? openly(value) : redacted}`;
  });
  const query = pairs.length > 0 ? `?${pairs.join("&")}` : "";
  return `${url.origin === nowhere ? "" : url.href.slice(0, url.href.indexOf(url.pathname, url.protocol.length + 2))}${url.pathname}${query}`;
}

/** Keeps what people read in a scope and a digest readable. */
function openly(value: string): string {
  return encodeURIComponent(value).replace(/%(2F|3A|2C)/g, (escaped) => decodeURIComponent(escaped));
}

/** A header as it may be shown: of credentials the scheme alone, of a place its URL without secrets. */
export function redactHeader(name: string, value: string): string | undefined {
  if (name === "authorization") return `${/^[a-z]+(?= )/i.exec(value)?.[0] ?? ""} ${redacted}`.trim();
  if (name === "location") return redactUrl(value);
  if (name === "link") return redactLink(value);
  return openHeaders.has(name) ? value : undefined;
}

/** Some servers leave the brackets out. */
function redactLink(value: string): string {
  return value.replace(/<([^>]*)>|[^\s<>;"]+\?[^\s<>;"]*/g, (whole, target?: string) =>
    target === undefined ? redactUrl(whole) : `<${redactUrl(target)}>`,
  );
}

/** Headers that carry no secret; every other is left out, known or not. */
const openHeaders: ReadonlySet<string> = new Set([
  "accept",
  "content-length",
  "content-range",
  "content-type",
  "range",
  "www-authenticate",
  "retry-after",
  "server",
  "date",
  "docker-content-digest",
  "docker-distribution-api-version",
  "docker-upload-uuid",
  "oci-subject",
  "oci-tag",
  "oci-filters-applied",
  "oci-chunk-min-length",
  "allow",
  "warning",
]);
