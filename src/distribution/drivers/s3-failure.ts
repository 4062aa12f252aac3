import { RegistryError, type RegistryErrorCode } from "../../registry/errors.ts";
import { connectionFailure } from "../../support/connection-failure.ts";
import { codeOf } from "../../support/system-error.ts";

/** Explains an object store's error as a `RegistryError` with a next step; an unknown error is returned as it is. */
export function bucketFailure(cause: unknown, place: string): unknown {
  if (!(cause instanceof Error)) return cause;
  const [name, code] = [cause.name, codeOf(cause) ?? ""];
  const unreachable = connectionFailure(code);
  if (unreachable !== undefined)
    return new RegistryError("UNREACHABLE", `cannot connect to ${place}: ${unreachable}`, { cause, next: nextWhere });
  const known = failures[name] ?? failures[code] ?? (cause.message === "Region is missing" ? noRegion : undefined);
  if (known !== undefined) return new RegistryError(known.code, `${place} ${known.says}`, { cause, next: known.next });
  return isForbidden(cause)
    ? new RegistryError("DENIED", `${place} ${denied.says}`, { cause, next: denied.next })
    : cause;
}

/** An answer to a HEAD has no body that could name the refusal. */
function isForbidden(error: Error): boolean {
  const answer = "$metadata" in error ? error.$metadata : undefined;
  return answer !== null && typeof answer === "object" && "httpStatusCode" in answer && answer.httpStatusCode === 403;
}

interface Known {
  readonly code: RegistryErrorCode;
  readonly says: string;
  readonly next: string;
}

const nextWhere = "check the bucket's name, AWS_REGION and AWS_ENDPOINT_URL, or the registry's config.yml";
const nextWho = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile that AWS_PROFILE names";

const noBucket: Known = { code: "NAME_UNKNOWN", says: "is not there", next: nextWhere };
const noRegion: Known = { code: "UNSUPPORTED", says: "needs a region, and none is named", next: "set AWS_REGION" };
const otherRegion: Known = {
  code: "UNSUPPORTED",
  says: "lies in another region",
  next: "set AWS_REGION to that region",
};
const unknownKey: Known = { code: "UNAUTHORIZED", says: "does not accept these credentials", next: nextWho };
const noHttps: Known = { code: "UNREACHABLE", says: "does not speak https", next: "begin the endpoint with http://" };
const slower: Known = { code: "TOOMANYREQUESTS", says: "asks for fewer requests", next: "try --concurrency 8" };
const denied: Known = {
  code: "DENIED",
  says: "does not give these credentials the right",
  next: "a collector needs s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject",
};

const failures: Readonly<Record<string, Known | undefined>> = {
  NoSuchBucket: noBucket,
  InvalidBucketName: noBucket,
  AccessDenied: denied,
  AllAccessDisabled: denied,
  AuthorizationHeaderMalformed: otherRegion,
  PermanentRedirect: otherRegion,
  CredentialsProviderError: { code: "UNAUTHORIZED", says: "needs credentials, and none were found", next: nextWho },
  ExpiredToken: { code: "UNAUTHORIZED", says: "says that the credentials have expired", next: "get new ones" },
  InvalidAccessKeyId: unknownKey,
  InvalidToken: unknownKey,
  SignatureDoesNotMatch: unknownKey,
  XAdminUserNotFound: unknownKey, // versitygw
  SlowDown: slower,
  EPROTO: noHttps,
  ERR_SSL_WRONG_VERSION_NUMBER: noHttps,
};
