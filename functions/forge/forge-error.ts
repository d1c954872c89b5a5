// A forge that did not do what it was asked, and what can be done about it.
import { retryAfterIn } from '../../gitops/io/retry-after.ts';

/** What is known of a refusal. */
export interface Refusal {
  /** Status of HTTP; 0 where there was no answer. */
  readonly status: number;
  readonly cause: unknown;
  /** Milliseconds that the forge asks to wait, where it does. */
  readonly retryAfterMs?: number | undefined;
}

/** The forge did not do what it was asked. */
export class ForgeError extends Error {
  override name = 'ForgeError' as const;
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { status, cause, retryAfterMs }: Refusal) {
    super(message, { cause });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether asking again is of no use until a person changes something. */
  get isFinal(): boolean {
    const { status, retryAfterMs } = this;
    return status >= 400 && status < 500 && ![408, 429].includes(status) && !retryAfterMs;
  }

  /** Whether nobody knows if it was carried out: the answer was lost, or is of something between us and the forge. */
  get isUnanswered(): boolean {
    const { status, retryAfterMs } = this;
    return (status === 0 || status >= 500) && !retryAfterMs;
  }
}

/** Returns the error of a refused request, with what to do where that is known. */
export function refused(forge: string, why: string, refusal: Refusal): ForgeError {
  const advice = refusal.retryAfterMs ? undefined : ADVICE[refusal.status];
  return new ForgeError(`${forge} refused: ${why}${advice ? ` (${advice})` : ''}`, refusal);
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'the access token is wrong or has expired: put a new one into the Secret of spec.review',
  403: 'the access token may not do this: it must be able to comment and to set statuses',
  404: 'a token that may not see the repository is told the same: check spec.url and the token',
};

const MIN_WAIT_MS = 1_000;

/**
 * Returns how long a forge asks to wait, in milliseconds: Retry-After, or the end of the current window where nothing
 * is left of it (GitHub says so with 403). `now` is in milliseconds since the epoch.
 */
export function waitAskedFor(
  header: (name: string) => string | null | undefined,
  now: number,
): number | undefined {
  const asked = retryAfterIn(header('retry-after'), now);
  if (asked !== undefined) return Math.max(MIN_WAIT_MS, asked);
  const left = header('x-ratelimit-remaining') ?? header('ratelimit-remaining');
  const reset = Number(header('x-ratelimit-reset') ?? header('ratelimit-reset'));
  return left === '0' && reset > 0 ? Math.max(MIN_WAIT_MS, reset * 1_000 - now) : undefined;
}
