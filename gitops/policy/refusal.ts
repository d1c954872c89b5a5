import { ApiError } from '../api-error.ts';
import { PermanentError } from '../errors.ts';
import type { PolicyRecord } from './gate.ts';

/** A write that policies do not allow, by our word or the API server's. */
export class PolicyRefusal extends PermanentError {
  readonly record: PolicyRecord;

  constructor(
    reason: 'PolicyDenied' | 'PolicyParityMismatch',
    message: string,
    { record, cause }: { record: PolicyRecord; cause?: unknown },
  ) {
    super(reason, message, { cause });
    this.record = record;
  }
}

const DENIAL = /ValidatingAdmissionPolicy '([^']+)'(?: with binding '([^']+)')? denied request: /;

/** Returns the name of the policy by which the API server refused a write; undefined for any other answer. */
export function denyingPolicy(error: unknown): string | undefined {
  return error instanceof ApiError ? DENIAL.exec(error.message)?.[1] : undefined;
}
