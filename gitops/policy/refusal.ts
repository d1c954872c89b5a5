import { ApiError, denyingPolicy } from '../api-error.ts';
import type { Also } from '../conditions.ts';
import { PermanentError, RetryableError } from '../errors.ts';
import type { PolicyRecord } from './gate.ts';

const PARITY_MISMATCH = 'PolicyParityMismatch';
/** Reason of the Ready condition of a WebApp whose policies are missing. */
export const BUNDLE_MISSING = 'PolicyBundleMissing';
/** Reason of the Ready condition of a WebApp whose children a policy denies. */
export const DENIED = 'PolicyDenied';

interface About {
  /** What the gate found, where there is an object whose status can say it. */
  readonly record?: PolicyRecord;
  readonly cause?: unknown;
}

/** A write that policies do not allow, by our word or the API server's. */
export class PolicyRefusal extends PermanentError {
  readonly record: PolicyRecord | undefined;

  constructor(message: string, { record, cause }: About) {
    super(DENIED, message, { cause });
    this.record = record;
  }
}

/**
 * The API server denied by a policy that allows it to us. It is tried again: a change of a policy takes the API server a
 * moment, in which it judges by the one before.
 */
export class ParityMismatch extends RetryableError {
  readonly record: PolicyRecord | undefined;

  constructor(message: string, { record, cause }: About) {
    super(PARITY_MISMATCH, message, { cause });
    this.record = record;
  }
}

/** Nobody knows what the policies of a source say. It is tried again: a sync publishes them. */
export class PolicyBundleMissing extends RetryableError {
  constructor(message: string) {
    super(BUNDLE_MISSING, message);
  }
}

/** Returns the condition that says of a mismatch under its own name, so that an alert needs no reading of reasons. */
export function conditionsOf(error: unknown): readonly Also[] {
  if (!(error instanceof ParityMismatch)) return [];
  return [{ type: PARITY_MISMATCH, reason: 'DeniedByCluster', message: error.message }];
}

/** Returns the failure that stands for several: a mismatch where there is one, as it has a condition of its own. */
export function firstToTell(failures: readonly unknown[]): unknown {
  return failures.find((failure) => failure instanceof ParityMismatch) ?? failures[0];
}

/** A denial by the API server: the policy, and what it said of it. */
export interface Denial {
  readonly policy: string;
  readonly message: string;
}

/** Returns the denial in an answer of the API server; undefined for any other answer. */
export function denialIn(error: unknown): Denial | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const policy = denyingPolicy(error.message);
  if (policy === undefined) return undefined;
  const told = error.causes.find(({ message }) => denyingPolicy(message) !== undefined);
  return { policy, message: told?.message ?? error.message };
}
