/** An access token and when it ends. */
export interface CachedToken {
  token: string;
  /** ISO 8601 with Z. */
  expiresAt: string;
}

/** Keeps access tokens between calls, and where it is on disk between processes. */
export interface TokenCache {
  get(name: string): Promise<CachedToken | undefined>;
  put(name: string, value: CachedToken): Promise<void>;
  drop(name: string): Promise<void>;
  /** Lets one at a time work on a name, across processes where the cache is shared by them. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A token cache that ends with the process. */
export function memoryTokenCache(): TokenCache {
  const tokens = new Map<string, CachedToken>();
  const turns = new Map<string, Promise<unknown>>();
  return {
    get: async (name) => tokens.get(name),
    put: async (name, value) => {
      tokens.set(name, value);
    },
    drop: async (name) => {
      tokens.delete(name);
    },
    exclusive: (name, work) => {
      const mine = (turns.get(name) ?? Promise.resolve()).then(work);
      turns.set(
        name,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}
