import { isObject, mapValues } from './json.ts';

/**
 * A value that the API server chooses as it handles a request, such as a uid, a time or an address from a pool. It is
 * there, so has() is true, but no file tells what it is: an expression that reads it cannot be judged.
 */
export class Undetermined {
  /** A value of the type and form that the API server's has. */
  readonly example: unknown;
  constructor(example: unknown) {
    this.example = example;
  }
}

export const someTime: Undetermined = new Undetermined('2006-01-02T15:04:05Z');
export const someUid: Undetermined = new Undetermined('00000000-0000-4000-8000-000000000000');

/** Returns the value with each undetermined part replaced by its example. */
export function withExamples(value: unknown): unknown {
  if (value instanceof Undetermined) return value.example;
  if (Array.isArray(value)) return value.map(withExamples);
  return isObject(value) ? mapValues(value, withExamples) : value;
}
