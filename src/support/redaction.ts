/** The text that replaces a secret. */
const redacted = "<redacted>";

/** Query parameters that carry no secret; the value of any other is redacted. */
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

/** Removes passwords, tokens and signatures from a URL, or from a path with a query. */
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

/** Encodes a value and keeps `/`, `:` and `,` readable, as in scopes and digests. */
function openly(value: string): string {
  return encodeURIComponent(value).replace(/%(2F|3A|2C)/g, (escaped) => decodeURIComponent(escaped));
}

/**
 * A header's value without secrets: of credentials only the scheme, of a URL without secrets; undefined for a header to
 * hide.
 */
export function redactHeader(name: string, value: string): string | undefined {
  if (name === "authorization") return `${/^[a-z]+(?= )/i.exec(value)?.[0] ?? ""} ${redacted}`.trim();
  if (name === "location") return redactUrl(value);
  if (name === "link") return redactLink(value);
  return openHeaders.has(name) ? value : undefined;
}

/** Redacts the URLs in a `Link` header, also those without angle brackets, as some servers send. */
function redactLink(value: string): string {
  return value.replace(/<([^>]*)>|[^\s<>;"]+\?[^\s<>;"]*/g, (whole, target?: string) =>
    target === undefined ? redactUrl(whole) : `<${redactUrl(target)}>`,
  );
}

/**
 * Removes from a server's words what it quotes of credentials: the value of an Authorization header, JWTs, and every
 * secret that was sent.
 */
export function redactText(text: string): string {
  const known = text.replace(authorization, `$1 ${redacted}`).replace(jwt, redacted);
  return [...sent].reduce((left, secret) => left.replaceAll(secret, redacted), known);
}

/** The secrets that this process has sent, as servers may quote them. */
const sent = new Set<string>();
const mostKept = 1_000;
/** A shorter one might be a word of any message. */
const shortest = 8;

/** To be called with each secret that is sent: from then on `redactText` takes it out. */
export function noteSecret(secret: string): void {
  if (secret.length < shortest) return;
  for (const form of [secret, encodeURIComponent(secret)]) {
    sent.delete(form);
    sent.add(form); // the newest last
  }
  for (const oldest of sent) {
    if (sent.size <= mostKept) return;
    sent.delete(oldest);
  }
}

/** A scheme and its token; but a plain word is none, as in "Bearer token expired" and `Bearer realm="…"`. */
const authorization =
  /\b([Bb]asic|[Bb]earer|BASIC|BEARER)\s+(?![A-Za-z]?[a-z]{0,19}(?:\.?(?![\w.~+/=-])|="))[\w.~+/=-]+/g;

const jwt = /\beyJ[\w-]+(?:\.[\w-]*){1,4}/g;

/** Headers that carry no secret; every other is hidden. */
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
