import { find, formatKey } from '../values/indexing.ts';
import { type Kind, kindOf } from '../values/value-type.ts';
import { CelError, CelMap, type Value } from '../values/values.ts';
import type { Frame, Step } from './frame.ts';

/**
 * A field, key or index by which an attribute goes on. Its functions charge only for what a computed key costs, not for
 * the qualifier itself.
 */
export interface Qualifier {
  /** Written `.?x` or `[?x]`. */
  readonly optional: boolean;
  /** Set where it is the selection of a field and nothing else. */
  readonly field?: string;
  /** Gives an error where there is nothing. */
  get(frame: Frame, operand: Value): Value;
  /** Gives undefined where there is nothing. */
  find(frame: Frame, operand: Value): Value | undefined;
}

const KEY_KINDS: ReadonlySet<Kind> = new Set<Kind>(['bool', 'double', 'int', 'string', 'uint']);

/** Tells whether a value can name a field, key or index at all. */
export function isKey(value: Value): boolean {
  return KEY_KINDS.has(kindOf(value));
}

export function invalidKey(typeName: string): CelError {
  return new CelError(`invalid qualifier type: ${typeName}`);
}

/** Goes on by a key that is known when the expression is planned. */
export function constantQualifier(key: Value, optional: boolean): Qualifier {
  const noSuchKey = new CelError(`no such key: ${formatKey(key)}`);
  const outOfBounds = new CelError(`index out of bounds: ${formatKey(key)}`);
  return {
    optional,
    ...(typeof key === 'string' && !optional ? { field: key } : {}),
    get: (_, operand) => {
      const found = find(operand, key);
      if (found !== undefined) return found;
      return Array.isArray(operand) ? outOfBounds : noSuchKey;
    },
    find: (_, operand) => find(operand, key),
  };
}

/**
 * Goes on by a key that is computed each time.
 *
 * @param describe names the Go type of a value that can be no key
 */
export function computedQualifier(
  key: Step,
  optional: boolean,
  describe: (value: Value) => string,
): Qualifier {
  const evaluate = (frame: Frame): Value => {
    const value = key(frame);
    return value instanceof CelError || isKey(value) ? value : invalidKey(describe(value));
  };
  return {
    optional,
    get: (frame, operand) => {
      const value = evaluate(frame);
      if (value instanceof CelError) return value;
      const found = find(operand, value);
      return found === undefined ? missing(operand, value) : found;
    },
    find: (frame, operand) => {
      const value = evaluate(frame);
      return value instanceof CelError ? value : find(operand, value);
    },
  };
}

function missing(operand: Value, key: Value): CelError {
  const what = Array.isArray(operand) ? 'index out of bounds' : 'no such key';
  return new CelError(`${what}: ${formatKey(key)}`);
}

/** Asks whether a field is there. After an optional, as in cel-go, it gives the field itself. */
export function presenceOf(field: string): Qualifier {
  return {
    optional: false,
    get: (_, operand) => {
      // A map may have a value that nobody knows.
      if (operand instanceof CelMap) return operand.has(field);
      const found = find(operand, field);
      return found instanceof CelError ? found : found !== undefined;
    },
    find: (_, operand) => find(operand, field),
  };
}
