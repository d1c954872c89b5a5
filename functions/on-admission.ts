// The API server asks before it stores: answered within the time it waits, with the verdict of every other gate.
import type { IncomingHttpHeaders } from 'node:http';
import { messageOf } from '../gitops/errors.ts';
import { admit } from '../gitops/policy/admission.ts';
import type { AdmissionInput } from '../policies/index.ts';
import { type DecodedReview, decodeReview, encodeReview, failure } from './admission-review.ts';
import type { Answer } from './answer.ts';
import type { Context } from './context.ts';

/** A review as it came over HTTP. */
export interface AdmissionCall {
  readonly headers: IncomingHttpHeaders;
  /** The query's `timeout`: how long the API server waits, as Go writes durations. */
  readonly timeout: unknown;
  readonly body: Buffer;
}

/** Of the time that the API server waits; the rest is for the way. */
const SHARE = 0.8;

/**
 * Answers an AdmissionReview. Where the policies cannot be looked up in time, it fails with 503, so that the webhook's
 * failurePolicy decides.
 */
export async function onAdmission(call: AdmissionCall, context: Context): Promise<Answer> {
  if (!/^application\/json(;|$)/i.test(call.headers['content-type'] ?? ''))
    return refusal(415, 'UnsupportedMediaType', 'Content-Type must be application/json');
  const waitMs = waitOf(call.timeout);
  if (waitMs === undefined)
    return refusal(400, 'BadRequest', 'timeout must be a duration such as 5s');
  const review = decodeReview(call.body);
  if (review.kind === 'malformed') return refusal(400, 'BadRequest', review.reason);
  const { headers } = call;
  const entry = { name: 'POST /admission', trigger: 'http', headers } as const;
  return context.telemetry.enter(entry, () => judge(review, waitMs, context));
}

async function judge(
  { uid, input }: DecodedReview & { kind: 'review' },
  waitMs: number,
  context: Context,
): Promise<Answer> {
  const log = context.log.child({ uid, ...subjectOf(input) });
  const limit = Math.min(waitMs * SHARE, context.config.timeoutMs);
  try {
    const cluster = context.cluster(AbortSignal.timeout(Math.ceil(limit)));
    const { policies, clock, metrics, telemetry } = context;
    const world = { cluster, policies, meter: metrics.policies, now: clock.now() };
    const admission = await telemetry.part({ name: 'evaluate' }, () => admit(input, world));
    if (admission.denial) log.info({ why: admission.denial.message }, 'Request denied');
    return { status: 200, body: encodeReview(uid, admission) };
  } catch (error) {
    log.error(
      { err: error },
      'Request could not be judged; the failurePolicy of the webhook decides',
    );
    return refusal(503, 'ServiceUnavailable', `the policies cannot be read: ${messageOf(error)}`);
  }
}

function refusal(status: 400 | 415 | 503, reason: string, message: string): Answer {
  return { status, body: failure({ code: status, reason, message }) };
}

/** Returns milliseconds: none said is as long as it takes, undefined for what is no duration. */
function waitOf(timeout: unknown): number | undefined {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  const [, minutes = 0, amount = 0, unit = 's'] =
    /^(?=\d)(?:(\d{1,3})m)?(?:(\d{1,6}(?:\.\d{1,9})?)(ms|s))?$/.exec(String(timeout)) ?? [];
  const ms = Number(minutes) * 60_000 + Number(amount) * (unit === 'ms' ? 1 : 1_000);
  return ms > 0 ? ms : undefined;
}

/** Who is no secret: the audit log of the API server has it, too. */
function subjectOf({ operation, kind, namespace, name, userInfo }: AdmissionInput) {
  return { operation, kind: kind.kind, namespace, name, user: userInfo?.username };
}
