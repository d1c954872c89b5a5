import type { Value } from '../../cel/values/values.ts';
import { byteLength, trimSpace } from '../go-text.ts';
import type { Validation } from '../policy.ts';

/** Longer messages of a messageExpression are not used. */
const MAX_MESSAGE_BYTES = 5 * 1024;

/**
 * Returns the message of a validation that is false.
 *
 * @param evaluated what its messageExpression gave; undefined where it has none or it failed
 */
export function messageOf(validation: Validation, evaluated: Value | undefined): string {
  const own = typeof evaluated === 'string' ? trimSpace(evaluated) : '';
  const usable = byteLength(own) <= MAX_MESSAGE_BYTES && !own.includes('\n');
  return (
    (usable && own) ||
    trimSpace(validation.message ?? '') ||
    `failed expression: ${trimSpace(validation.expression)}`
  );
}
