// Which requests to the API server are sent again at once, and when. What is not is the next visit's to try.
import type { RetryHandler } from 'undici';
import { retryAfterIn } from './retry-after.ts';

const MAX_RETRIES = 3;
const FIRST_WAIT_MS = 100;
/** A longer wait that is asked for is not spent in a visit. */
const MAX_WAIT_MS = 5_000;

/** What may be sent twice: reads, and our writes, which are all conditioned, so that the second of two meets a conflict. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'PATCH', 'DELETE']);

/**
 * The connection could not be made, or ended before the answer. Where several addresses were tried, undici tells of the
 * first: a connect timeout may be no longer than a quarter of a second.
 */
const CUT: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EPIPE',
  'UND_ERR_SOCKET',
]);

interface Failure {
  readonly code?: string;
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

/** Decides for undici: `done` with an error hands that on, with null it sends again. The timer is returned to be cancelled with the request. */
export const retryRequest: RetryHandler.RetryCallback = (error, { state, opts }, done) => {
  const waitMs = waitBefore(error as Failure, state.counter);
  const isOver = state.counter > MAX_RETRIES || !METHODS.has(opts.method);
  if (isOver || waitMs === undefined || waitMs > MAX_WAIT_MS) return done(error);
  return setTimeout(done, waitMs, null);
};

/** Returns the milliseconds to wait; undefined where nothing is gained by asking again. 429 is from before anything was done. */
function waitBefore({ code, statusCode, headers }: Failure, attempts: number): number | undefined {
  const repeated = statusCode === undefined ? CUT.has(code ?? '') : statusCode === 429;
  if (!repeated) return undefined;
  const asked = retryAfterIn(headers?.['retry-after'], Date.now()) ?? 0;
  return Math.max(asked, FIRST_WAIT_MS * 2 ** (attempts - 1));
}
