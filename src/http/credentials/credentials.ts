/** Credentials of one of the kinds that registries know. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** Exchanged for tokens at the token server (OAuth2 refresh). */
  | { readonly kind: "identity-token"; readonly token: string; readonly username?: string }
  /** Sent to the registry as it is. */
  | { readonly kind: "registry-token"; readonly token: string };

/**
 * Finds the credentials for `host[:port]/repository`, or for `host[:port]` alone; undefined for anonymous access. Where
 * it finds none for a host without a port, it is called again with the port that the scheme implies.
 */
export type CredentialsSource = (target: string) => Promise<Credentials | undefined>;

/** Environment variables, passed in by the command line. */
export type Environment = Readonly<Record<string, string | undefined>>;
