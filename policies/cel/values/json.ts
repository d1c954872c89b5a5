import { MAX_INT, MIN_INT } from './numbers.ts';
import { CelMap, type Value } from './values.ts';

/** A JSON number that is a double although it may be whole: 1.0, 1e3. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }

  /** What JSON.stringify writes; the point gets lost. */
  toJSON(): number {
    return this.value;
  }
}

/**
 * Returns a JSON value as CEL sees it. Whole numbers are integers unless they are a Double or need more than 64 bits;
 * objects become maps; fields that are undefined are left out, as JSON does.
 *
 * @throws TypeError for what JSON has not
 */
export function fromJson(json: unknown): Value {
  return toValue(json, false);
}

/** Returns a value as fromJson() does, whose maps are those of Go structs: they take strings as keys and fail for others. */
export function fromNative(json: unknown): Value {
  return toValue(json, true);
}

function toValue(json: unknown, isNative: boolean): Value {
  switch (typeof json) {
    case 'string':
      return json.toWellFormed();
    case 'number':
      return Number.isInteger(json) ? fromInteger(BigInt(json)) : json;
    case 'bigint':
      return fromInteger(json);
    case 'boolean':
      return json;
    case 'object':
      return json === null ? null : fromObject(json, isNative);
    default:
      throw new TypeError(`not a JSON value: ${typeof json}`);
  }
}

function fromInteger(value: bigint): Value {
  return value >= MIN_INT && value <= MAX_INT ? value : Number(value);
}

function fromObject(json: object, isNative: boolean): Value {
  if (Array.isArray(json)) return json.map((item) => toValue(item, isNative));
  return json instanceof Double ? json.value : mapOf(json, isNative);
}

function mapOf(json: object, isNative: boolean): CelMap {
  const map = new CelMap(isNative);
  const fields = json as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value !== undefined) map.add(key.toWellFormed(), toValue(value, isNative));
  }
  return map;
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/**
 * Reads JSON and loses no number: 1 is a number, 1.0 and 1e3 are a Double, integers that a number cannot hold are
 * bigint.
 *
 * @throws SyntaxError where the text is no JSON or a number is too large for a double
 */
export function parseJson(text: string): unknown {
  if (!UNUSUAL_NUMBER.test(text)) return JSON.parse(text);
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  return parse(text, (_, value, { source = '' }) =>
    typeof value === 'number' ? exactNumber(value, source) : value,
  );
}

/** Finds every double and every number that is not surely exact, and sometimes text that looks like one. */
const UNUSUAL_NUMBER = /(?:^|"\s*:|[[,])\s*-?(?:[0-9]+[.eE]|[0-9]{16})/;

function exactNumber(value: number, source: string): number | bigint | Double {
  if (!Number.isFinite(value)) throw new SyntaxError(`number out of range: ${source}`);
  if (/[.eE]/.test(source)) return new Double(value);
  return Number.isSafeInteger(value) ? value : BigInt(source);
}
