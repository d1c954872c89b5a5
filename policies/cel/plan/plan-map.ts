import { formatGoValue } from '../lib/go-value.ts';
import type { Expr, MapEntry } from '../syntax/ast.ts';
import { equal } from '../values/equality.ts';
import { CelError, CelMap, type Key, Optional, type Value } from '../values/values.ts';
import { MAP_COST, spend } from './cost.ts';
import { foldLiteral } from './fold.ts';
import type { Frame, Step } from './frame.ts';
import { stepIn } from './planned-step.ts';
import type { Planned, Planning } from './planning.ts';
import { refuseUnhashable } from './unhashable.ts';

export function planMap(planning: Planning, expr: Expr & { kind: 'map' }): Planned {
  const entries = expr.entries.map((each) => planEntry(planning, each));
  const parts = entries.flatMap(({ key, value }) => [key, value]);
  const steps = entries.map(entryStep);
  return foldLiteral(parts, (frame) => {
    const map = makeMap(frame, steps);
    spend(frame, MAP_COST);
    return map;
  });
}

interface EntryOf<Part> {
  readonly key: Part;
  readonly value: Part;
  readonly optional: boolean;
}

function planEntry(planning: Planning, { key, value, optional }: MapEntry): EntryOf<Planned> {
  return { key: planning.plan(key), value: planning.plan(value), optional };
}

function entryStep({ key, value, optional }: EntryOf<Planned>): EntryOf<Step> {
  return { key: stepIn(key), value: stepIn(value), optional };
}

type Entry = readonly [Key, Value];

function makeMap(frame: Frame, steps: readonly EntryOf<Step>[]): Value {
  let entries: Entry[] = [];
  for (const step of steps) {
    const key = step.key(frame);
    const value = key instanceof CelError ? key : entryValue(frame, step, key);
    if (value instanceof CelError) return value;
    if (value === undefined) entries = without(entries, key);
    else entries.push([key as Key, value]);
  }
  return CelMap.of(entries);
}

function entryValue(
  frame: Frame,
  { value, optional }: EntryOf<Step>,
  key: Value,
): Value | undefined {
  const given = value(frame);
  if (given instanceof CelError) return given;
  refuseUnhashable(key);
  return optional ? presentValue(key, given) : given;
}

/** An optional entry without value takes away what was there under its key. */
function without(entries: readonly Entry[], key: Value): Entry[] {
  return entries.filter(([other]) => !equal(other, key));
}

/** Unwraps the value of an entry written `?key: value`, undefined where it has none. */
export function presentValue(key: Value, value: Value): Value | undefined {
  if (value instanceof Optional) return value.value;
  const [name, text] = [formatGoValue(key), formatGoValue(value)];
  return new CelError(`cannot initialize optional entry '${name}' from non-optional value ${text}`);
}
