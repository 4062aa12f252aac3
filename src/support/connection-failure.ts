/** Explains a system error code of a failed connection in plain words; undefined for any other code. */
export function connectionFailure(code: string): string | undefined {
  return plainly[code];
}

const plainly: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was closed at once",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name could not be looked up",
  ETIMEDOUT: "no answer to the connection",
  EHOSTUNREACH: "no way leads there",
  ENETUNREACH: "no way leads there",
};
