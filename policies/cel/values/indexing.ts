import { formatDouble } from './format-double.ts';
import { goTypeName } from './go-type-name.ts';
import { doubleToInt, MAX_INT } from './numbers.ts';
import { type Kind, kindOf, typeNameOf } from './value-type.ts';
import { CelError, CelMap, Optional, Struct, type Uint, type Value } from './values.ts';

/**
 * Looks up a field, key or index. What has no fields, such as a string, has none of any name.
 *
 * @returns undefined where there is no such entry, an error where the key can be none of it
 */
export function find(operand: Value, key: Value): Value | undefined {
  if (operand instanceof CelMap && typeof key === 'string') return operand.get(key);
  const wrong = NO_KEYS[kindOf(key)];
  if (wrong) return new CelError(`invalid qualifier type: ${wrong}`);
  if (operand instanceof CelMap) return wrongKey(operand, key) ?? operand.get(key);
  if (Array.isArray(operand)) return findInList(operand, key);
  return operand instanceof Struct && typeof key === 'string' ? operand.get(key) : undefined;
}

/** Returns the error of a map that takes nothing but strings. */
export function wrongKey(map: CelMap, key: Value): CelError | undefined {
  if (!map.takesStringsOnly || typeof key === 'string') return undefined;
  return new CelError(`unsupported map key type: ${goTypeName(key)}`);
}

/** Kinds that name nothing, with the names that Go has for values of them. */
const NO_KEYS: Partial<Record<Kind, string>> = {
  bytes: 'types.Bytes',
  duration: 'types.Duration',
  list: '[]interface {}',
  map: 'map[string]interface {}',
  null: '<nil>',
  opaque: '*types.Optional',
  timestamp: 'types.Timestamp',
  type: '*types.Type',
};

function findInList(list: readonly Value[], key: Value): Value | undefined {
  const index = toIndex(key);
  return index instanceof CelError ? index : list[index];
}

/** Takes whole numbers of any type. */
function toIndex(key: Value): number | CelError {
  switch (kindOf(key)) {
    case 'int':
      return Number(key);
    case 'uint':
      return (key as Uint).value > MAX_INT ? notAnIndex(key) : Number((key as Uint).value);
    case 'double':
      return Number.isInteger(key) && !(doubleToInt(key as number) instanceof CelError)
        ? (key as number)
        : notAnIndex(key);
    default:
      return new CelError(`unsupported index type '${typeNameOf(key)}' in list`);
  }
}

function notAnIndex(key: Value): CelError {
  return new CelError(`unsupported index value ${formatKey(key)} in list`);
}

/** The answer of `operand[key]` and `operand.key`; of an optional it is an optional again. */
export function select(operand: Value, key: Value): Value {
  if (operand instanceof Optional) return selectOptional(operand, key);
  const found = find(operand, key);
  return found === undefined ? missing(operand, key) : found;
}

function missing(operand: Value, key: Value): CelError {
  const what = Array.isArray(operand) ? 'index out of bounds' : 'no such key';
  return new CelError(`${what}: ${formatKey(key)}`);
}

/** The answer of `operand[?key]` and `operand.?key`. */
export function selectOptional(operand: Value, key: Value): Value {
  const container = operand instanceof Optional ? operand.value : operand;
  if (container === undefined) return Optional.none;
  const found = find(container, key);
  if (found === undefined) return Optional.none;
  return found instanceof CelError ? found : new Optional(found);
}

/** Formats a key as messages show it. */
export function formatKey(key: Value): string {
  switch (typeof key) {
    case 'number':
      return formatDouble(key);
    case 'string':
    case 'bigint':
    case 'boolean':
      return String(key);
    default:
      return kindOf(key) === 'uint' ? String((key as Uint).value) : typeNameOf(key);
  }
}
