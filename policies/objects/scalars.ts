// How JSON becomes a scalar of a Go struct, and how that shows itself again.
import type { Scalar } from './go-types.ts';
import { canonicalQuantity } from './quantity.ts';
import { Undetermined } from './undetermined.ts';

/** Returns the scalar as it shows itself; undefined where the API server would not accept the JSON value for it. */
export function scalarFrom(name: Scalar, json: unknown): unknown {
  // What the API server will choose is of the right type.
  return json instanceof Undetermined ? json : READERS[name](json);
}

/** The value of a scalar that was not given. */
export const ZERO: Readonly<Record<Scalar, unknown>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  bytes: null,
  Time: null,
  Quantity: '0',
  IntOrString: 0,
  FieldsV1: null,
};

const READERS: Readonly<Record<Scalar, (json: unknown) => unknown>> = {
  string: (json) => (typeof json === 'string' ? json : undefined),
  bool: (json) => (typeof json === 'boolean' ? json : undefined),
  int32: (json) => integer(json, 2n ** 31n),
  int64: (json) => integer(json, 2n ** 63n),
  bytes: (json) => (typeof json === 'string' ? base64(json) : undefined),
  Time: (json) => (typeof json === 'string' ? utcSeconds(json) : undefined),
  Quantity: quantity,
  IntOrString: (json) => (typeof json === 'string' ? json : integer(json, 2n ** 31n)),
  FieldsV1: (json) => json,
};

function integer(json: unknown, bound: bigint): number | bigint | undefined {
  if (typeof json !== 'bigint' && !Number.isInteger(json)) return undefined;
  const number = json as number | bigint;
  return number >= -bound && number < bound ? number : undefined;
}

function quantity(json: unknown): string | undefined {
  const given = typeof json === 'string' || typeof json === 'number' || typeof json === 'bigint';
  return given ? canonicalQuantity(String(json)) : undefined;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Line breaks go, and bits beyond the last byte. */
function base64(text: string): string | undefined {
  const packed = text.replace(/[\r\n]/g, '');
  return BASE64.test(packed) ? btoa(atob(packed)) : undefined;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;

function utcSeconds(text: string): string | undefined {
  if (!RFC3339.test(text)) return undefined;
  const date = new Date(text.replace(/[.,]\d+/, ''));
  return Number.isNaN(date.valueOf()) ? undefined : `${date.toISOString().slice(0, 19)}Z`;
}
