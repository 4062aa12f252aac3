import type { TokenAnswer } from "./token-server.ts";

/** A token or a refusal; `fresh` where it was requested after the caller asked. */
export type HeldToken = TokenAnswer & { readonly fresh: boolean };

/** Keeps the tokens of one registry or repository by their scopes. */
export interface TokenCache {
  /** The token for these scopes; a new one is requested where it has expired or is `unless`, which did not work. */
  get(scopes: readonly string[], unless?: string): Promise<HeldToken>;
}

/**
 * Requests one token for each set of scopes, also where many wait for it, and a new one shortly before it expires.
 * `now` is in milliseconds.
 */
export function tokenCache(ask: (scopes: readonly string[]) => Promise<TokenAnswer>, now: () => number): TokenCache {
  const asking = new Map<string, Promise<TokenAnswer>>();
  const held = new Map<string, { readonly answer: TokenAnswer; readonly until: number }>();

  async function fetch(key: string, scopes: readonly string[]): Promise<TokenAnswer> {
    const began = now();
    const answer = await ask(scopes);
    if (answer.kind === "token") {
      const lasts = Math.max(answer.seconds, 0) * 1000;
      held.set(key, { answer, until: began + lasts - Math.min(5000, lasts / 10) });
    }
    return answer;
  }

  return {
    async get(scopes, unless) {
      const key = scopes.join(" ");
      const found = held.get(key);
      if (found?.answer.kind === "token" && found.until > now() && found.answer.value !== unless) {
        return { ...found.answer, fresh: false };
      }
      const running = asking.get(key) ?? fetch(key, scopes).finally(() => asking.delete(key));
      asking.set(key, running);
      return { ...(await running), fresh: true };
    },
  };
}
