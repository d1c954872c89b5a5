import { PermanentError, RetryableError } from './errors.ts';

/** A field the API server complains of, such as spec.env[0].name, and its complaint. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

/** The part of a metav1.Status that is used here. */
export interface StatusBody {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number | undefined;
    readonly causes?: readonly Partial<Cause>[];
  };
}

/** An answer of 400 and above from the API server; `request` is its verb and path. */
export class ApiError extends Error {
  override name = 'ApiError' as const;
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly Cause[];
  /** Milliseconds the API server asked to wait, where it did. */
  readonly retryAfterMs: number | undefined;

  constructor(request: string, status: number, body: StatusBody) {
    const { reason = '' } = body;
    const message = withoutSecrets(body.message ?? 'no message');
    super(`${message} (${status} to ${request})`);
    // An object that does not fit its schema is answered with 500 by a server-side apply.
    const misfit = message.startsWith('failed to create typed patch object');
    this.status = misfit ? 422 : status;
    this.reason = reason;
    this.causes = misfit ? causesOfMisfit(message) : causesOf(body);
    const seconds = body.details?.retryAfterSeconds;
    this.retryAfterMs = seconds === undefined ? undefined : seconds * 1_000;
  }
}

/** The API server complains of one field in several ways, and of the object as `<nil>`; one complaint a field is enough. */
function causesOf({ details }: StatusBody): Cause[] {
  const causes = new Map<string, Cause>();
  for (const { field = '', message = '' } of details?.causes ?? []) {
    const path = field === '<nil>' ? '' : field.replace(/^\./, '');
    if (causes.has(path) || ECHO.test(message)) continue;
    causes.set(path, { field: path, message: message.replace(`${path} in body `, '') });
  }
  const located = [...causes.values()].filter(({ field }) => field !== '');
  return located.length > 0 ? located : [...causes.values()];
}

/** Said of the object as a whole when one of its fields is wrong. */
const ECHO =
  /some validation rules were not checked|must validate at least one schema|Checked value must be of type/;

/**
 * The API server repeats what it cannot take, and in a variable of the environment that may be a password. What it repeats
 * is as long as somebody made it in Git, so that each line is gone through once, and not by a pattern that starts again.
 */
function withoutSecrets(message: string): string {
  return message.split('\n').map(withoutSecret).join('\n');
}

function withoutSecret(line: string): string {
  let end = 0;
  for (const mark of ['.spec.env', ': expected ', ', got ']) {
    const at = line.indexOf(mark, end);
    if (at < 0) return line;
    end = at + mark.length;
  }
  return `${line.slice(0, end)}another type`;
}

const INTRODUCTION = /^failed to create typed patch object[^:]*: /;
const MISFIT = /^\s*\.((?:[^\s:[]|\[[^\]]*\])+): (.+)$/s;

/** Reads lines such as `.spec.env[name="A"].value: expected string, got ...`; items become [A]. */
function causesOfMisfit(message: string): Cause[] {
  const lines = message.replace(INTRODUCTION, '').split('\n');
  return lines.flatMap((line) => {
    const [, field, complaint = ''] = MISFIT.exec(line) ?? [];
    if (field === undefined) return [];
    return {
      field: field.replace(/\[\w+="((?:[^"\\]|\\.)*)"\]/g, '[$1]'),
      message: complaint.replace(
        /^(expected [^,]*, got )&value\.valueUnstructured\{Value:(.*)\}$/s,
        '$1$2',
      ),
    };
  });
}

/**
 * Returns whether the object was changed, replaced, made or deleted by somebody else since it was read. What admission
 * refuses is no such thing, with whatever code it does: looking again at once would be refused again.
 */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof ApiError) || isKeptOut(error)) return false;
  const moved = error.status === 409 || error.status === 404;
  // With a uid that is another object's, the API server says that metadata.uid is immutable.
  return moved || error.causes.some(({ field }) => field === 'metadata.uid');
}

/** Returns whether the object is not there. A webhook may deny a delete with the same code. */
export function isAbsent(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && !isKeptOut(error);
}

// At the start alone: other answers quote what somebody wrote in Git, and that may be these very words.
const DENIAL =
  /^(?:\S+ "[^"]*" is forbidden: |admission webhook "[^"]*" denied the request: )?ValidatingAdmissionPolicy '([^']+)'(?: with binding '[^']+')? denied request: /;
const BY_WEBHOOK = /^admission webhook "/;
const WEBHOOK_AWAY = /^(?:Internal error occurred: )?failed calling webhook "/;

/** Returns the name of the policy by which a message of the API server denies; undefined for any other message. */
export function denyingPolicy(message: string): string | undefined {
  return DENIAL.exec(message)?.[1];
}

/**
 * Returns whether the cluster's admission kept a write out: its policies or a webhook denied it, or a webhook that has to
 * be asked did not answer. It says nothing of the fields that the write would have changed: the rest of the object counts
 * as much.
 */
export function isKeptOut(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { message } = error;
  return [DENIAL, BY_WEBHOOK, WEBHOOK_AWAY].some((form) => form.test(message));
}

/**
 * Returns whether a webhook denied the write for a reason of its own. It may look at all the cluster, so that the same
 * object may pass later; the code it answers with (400 where it gives none) tells nothing of that.
 */
export function isDeniedByWebhook(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return BY_WEBHOOK.test(error.message) && denyingPolicy(error.message) === undefined;
}

/** Returns whether the API server refuses the object itself, whatever the state of the cluster. */
export function isRejection(error: unknown): boolean {
  if (!(error instanceof ApiError) || isDeniedByWebhook(error)) return false;
  return error.status === 422 || error.status === 400;
}

/** Returns whether we may not do that. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

/** Reason of a webhook's denial: what it gives as its own may be any text, and a condition takes a word only. */
const DENIED_BY_WEBHOOK = 'DeniedByWebhook';

/** Returns the error as the engine's own: rejected objects are permanent, all else may pass. */
export function classify(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  if (isRejection(error)) return new PermanentError('Rejected', error.message, { cause: error });
  const { message, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const reason = isDeniedByWebhook(error) ? DENIED_BY_WEBHOOK : error.reason || 'ApiError';
  return new RetryableError(reason, message, { cause: error, ...wait });
}
