import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** Who signs the tokens of ServiceAccounts, and by which keys. */
export interface IssuerKeys {
  readonly issuer: string;
  readonly keyOf: JWTVerifyGetKey;
}

/** Asks the API server for one of its documents, by path and media type. */
export type ReadDocument = (path: string, accept: string) => Promise<unknown>;

/** Keys are taken for good this long, so that one the cluster has given up is not trusted for ever. */
export const KEYS_AGE_MS = 10 * 60_000;
/** Whoever makes up names of keys has the cluster asked once in this time. */
export const UNKNOWN_KEY_AGE_MS = 30_000;
/** So long a failure is told again without asking. */
const FAILURE_AGE_MS = 1_000;

/** Keeps the keys that a cluster publishes for its ServiceAccounts' tokens. */
export class ClusterIssuer {
  readonly #read: ReadDocument;
  readonly #now: () => number;
  #kept: { readonly keys: Promise<IssuerKeys>; readonly at: number; failed: boolean } | undefined;

  constructor(read: ReadDocument, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** Returns keys that were read at most so many milliseconds ago. Fails as the API server does. */
  keys(ageMs: number): Promise<IssuerKeys> {
    const now = this.#now();
    const limit = this.#kept?.failed ? FAILURE_AGE_MS : ageMs;
    if (this.#kept === undefined || now - this.#kept.at > limit) {
      const kept = { keys: this.#fetch(), at: now, failed: false };
      kept.keys.catch(() => {
        kept.failed = true;
      });
      this.#kept = kept;
    }
    return this.#kept.keys;
  }

  async #fetch(): Promise<IssuerKeys> {
    const [discovery, keys] = await Promise.all([
      this.#read('/.well-known/openid-configuration', 'application/json'),
      this.#read('/openid/v1/jwks', 'application/jwk-set+json'),
    ]);
    const { issuer } = discovery as { issuer: string };
    return { issuer, keyOf: createLocalJWKSet(keys as JSONWebKeySet) };
  }
}
