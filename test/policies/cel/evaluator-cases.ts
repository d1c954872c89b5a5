import { readFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { compile } from '../../../policies/cel/compile.ts';
import { Environment } from '../../../policies/cel/environment.ts';
import type { Library } from '../../../policies/cel/library.ts';
import { DYN, optionalOf } from '../../../policies/cel/types/types.ts';
import { formatDouble } from '../../../policies/cel/values/format-double.ts';
import { fromJson, parseJson } from '../../../policies/cel/values/json.ts';
import { runtimeTypeName, typeNameOf } from '../../../policies/cel/values/value-type.ts';
import {
  Bytes,
  CelError,
  CelMap,
  Optional,
  TypeValue,
  Uint,
  type Value,
} from '../../../policies/cel/values/values.ts';

/** An expression, its result as show() writes it, and its cost, which it has none of if it cannot be planned. */
type Row = readonly [expression: string, result: string, cost: number | null];

interface Cases {
  /** What `object` is. */
  readonly object: unknown;
  readonly cases: readonly Row[];
}

/** Evaluates each row of a file beside this one and compares value and cost. */
export function evaluateCases(t: ExecutionContext, file: string, libraries: Library[]): void {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const { object, cases } = parseJson(text) as Cases;
  const environment = Environment.of({
    libraries,
    variables: { object: DYN },
    typeNames: { optional_type: optionalOf(DYN) },
  });
  const value = fromJson(object);
  const have = cases.map(
    ([expression]): Row => [expression, ...evaluate(expression, environment, value)],
  );
  t.deepEqual(have, [...cases]);
}

function evaluate(
  expression: string,
  environment: Environment,
  object: Value,
): [result: string, cost: number | null] {
  const program = compile(expression, environment);
  if (Array.isArray(program)) return [`problem: ${program[0]?.message}`, null];
  const { value, cost } = program.evaluate((name) => (name === 'object' ? object : undefined));
  return [show(value), cost];
}

/** Writes a value much as CEL would, maps in the order of their keys. */
export function show(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return `double(${formatDouble(value)})`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return showObject(value);
}

function showObject(value: Value): string {
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Bytes) return `b:${Buffer.from(value.data).toString('hex')}`;
  if (value instanceof CelMap) return `{${showEntries(value).join(', ')}}`;
  if (value instanceof Optional) return showOptional(value);
  if (value instanceof TypeValue) return runtimeTypeName(value.type);
  return value instanceof CelError ? `error: ${value.message}` : typeNameOf(value);
}

function showEntries(map: CelMap): string[] {
  return [...map].map(([key, value]) => `${show(key)}: ${show(value)}`).sort();
}

function showOptional({ value }: Optional): string {
  return value === undefined ? 'optional.none()' : `optional.of(${show(value)})`;
}
