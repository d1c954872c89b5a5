// Who may call /events and /tick. Knative shows a ServiceAccount's token that the cluster has signed for our audience;
// it is verified here, by the cluster's published keys: a TokenReview would cost the API server a request for every
// token that anybody makes up.
import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { type ClusterIssuer, KEYS_AGE_MS, UNKNOWN_KEY_AGE_MS } from './issuer-keys.ts';

/** What is asked of callers; nothing where neither token nor audience is set. */
export interface CallerRules {
  /** Shared bearer token; none where empty. */
  readonly eventToken: string;
  /** Audience of the tokens of ServiceAccounts; none is accepted where empty. */
  readonly eventAudience: string;
  /** Their subjects; nobody where empty. */
  readonly eventSubjects: ReadonlySet<string>;
}

/** Whether a caller may go on. */
export type Caller =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'unauthenticated'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string }
  /** The cluster's keys cannot be read, so nobody knows. */
  | { readonly kind: 'unknown'; readonly error: unknown };

/** Those by which API servers sign. None of them is symmetric, so that no public key can be taken for a secret. */
const ALGORITHMS = ['RS256', 'ES256', 'ES384', 'ES512'];
const MAX_TOKEN = 8_192;
const CLOCK_TOLERANCE_S = 10;
const TOKEN_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Returns the check of an Authorization header. Without an issuer no ServiceAccount is known. */
export function createCallers(
  rules: CallerRules,
  issuer: ClusterIssuer | undefined,
): (authorization: string | undefined) => Promise<Caller> {
  const { eventToken, eventAudience } = rules;
  const isShared = sharedToken(eventToken);
  return async (authorization = '') => {
    if (eventToken === '' && eventAudience === '') return { kind: 'trusted' };
    if (isShared(authorization)) return { kind: 'trusted' };
    const token = /^Bearer ([^ ]+)$/i.exec(authorization)?.[1] ?? '';
    const isOne = token.length <= MAX_TOKEN && TOKEN_FORM.test(token);
    if (eventAudience === '' || issuer === undefined || !isOne)
      return unauthenticated('the bearer token is missing or wrong');
    return verified(token, rules, issuer);
  };
}

/** Hashing makes the lengths equal for the comparison. */
function sharedToken(token: string): (authorization: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(`Bearer ${token}`);
  return (authorization) => token !== '' && timingSafeEqual(digest(authorization), wanted);
}

async function verified(token: string, rules: CallerRules, issuer: ClusterIssuer): Promise<Caller> {
  try {
    const subject = await subjectOf(token, rules.eventAudience, issuer);
    if (rules.eventSubjects.has(subject)) return { kind: 'trusted' };
    return { kind: 'forbidden', reason: `${subject} is not one of EVENT_SUBJECTS` };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) return { kind: 'unknown', error };
    return unauthenticated(`the bearer token is not good: ${error.message}`);
  }
}

/** Fails with a JOSEError where the token is not good, and otherwise as the API server does. */
async function subjectOf(token: string, audience: string, issuer: ClusterIssuer): Promise<string> {
  const check = async (ageMs: number) => {
    const { issuer: name, keyOf } = await issuer.keys(ageMs);
    const { payload } = await jwtVerify(token, keyOf, {
      issuer: name,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    return String(payload.sub);
  };
  try {
    return await check(KEYS_AGE_MS);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    // The cluster may have a new key.
    return check(UNKNOWN_KEY_AGE_MS);
  }
}

function unauthenticated(reason: string): Caller {
  return { kind: 'unauthenticated', reason };
}
