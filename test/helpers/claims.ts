// Tells in CEL all that is known of an object, so that the API server can say whether it is what it shows to policies.
import { isObject } from '../../policies/objects/json.ts';
import { Undetermined } from '../../policies/objects/undetermined.ts';

const SELECTABLE = /^[a-zA-Z_]\w*$/;
const RESERVED = new Set(['in', 'true', 'false', 'null']);
const TYPES = { string: 'string', boolean: 'bool', bigint: 'int' } as const;

/**
 * Returns an expression for each list and map within the value: that it has just these keys, and what its scalars are.
 * Of what is undetermined they tell the type. The value at `path` is what they all are about.
 */
export function claims(value: unknown, path: string): string[] {
  if (value instanceof Undetermined) return [typeClaim(value.example, path)];
  const parts = Array.isArray(value)
    ? value.map((item, at) => [`${path}[${at}]`, item] as const)
    : isObject(value)
      ? Object.entries(value).map(([key, item]) => [childPath(path, key), item] as const)
      : [];
  const own = parts.filter(([, part]) => !isNested(part)).flatMap(([at, part]) => scalar(part, at));
  const size = `size(${path}) == ${parts.length}`;
  const nested = parts.filter(([, part]) => isNested(part));
  return [
    [typeClaim(value, path), size, ...own].join(' && '),
    ...nested.flatMap(([at, part]) => claims(part, at)),
  ];
}

function childPath(path: string, key: string): string {
  return SELECTABLE.test(key) && !RESERVED.has(key)
    ? `${path}.${key}`
    : `${path}[${JSON.stringify(key)}]`;
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) || isObject(value);
}

function scalar(value: unknown, path: string): string[] {
  if (value instanceof Undetermined) return [typeClaim(value.example, path)];
  if (value === null) return [`${path} == null`];
  const literal = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return [`${path} == ${literal} && ${typeClaim(value, path)}`];
}

function typeClaim(value: unknown, path: string): string {
  return `type(${path}) == ${typeName(value)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  return TYPES[typeof value as keyof typeof TYPES] ?? 'map';
}
