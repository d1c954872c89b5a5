// Expressions at random: every operator, macro and function of the environment, most of them well typed.
import type { Overload } from '../../policies/cel/library.ts';
import {
  BOOL,
  DYN,
  formatType,
  INT,
  listOf,
  mapOf,
  STRING,
  type Type,
} from '../../policies/cel/types.ts';
import { literalOf, regex } from './literals.ts';
import { macroOf } from './macros.ts';
import type { Random } from './random.ts';
import { Surroundings } from './surroundings.ts';
import { leaf, type Tree } from './tree.ts';
import { write } from './write.ts';

const TYPES: readonly Type[] = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'duration',
  'timestamp',
].map((kind) => ({ kind }) as Type);

/** Returns an expression of the type; `depth` bounds how far it nests. */
export function generate(
  goal: Type,
  depth: number,
  { random, overloads }: { random: Random; overloads: readonly Overload[] },
): Tree {
  return new Surroundings({ random, overloads, locals: [] }, grow).grow(goal, depth);
}

function grow(goal: Type, depth: number, around: Surroundings): Tree {
  const { random } = around;
  // One in forty is of another type than asked for, so that refusals are compared, too.
  const type = random.once(40) ? random.pick(TYPES) : goal;
  if (depth <= 0 || random.once(6)) return simple(type, around);
  const kind = random.below(10);
  if (kind === 0) return conditional(type, depth, around);
  if (kind <= 2) return macroOf(type, depth, around) ?? call(type, depth, around);
  return call(type, depth, around);
}

function simple(type: Type, { random, locals }: Surroundings): Tree {
  const fitting = locals.filter(
    (local) => formatType(local.type) === formatType(type) || local.type.kind === 'dyn',
  );
  if (fitting.length > 0 && !random.once(3)) return leaf(type, random.pick(fitting).name);
  if (random.once(4)) return { ...literalOf(DYN, random), type };
  return literalOf(type, random);
}

function conditional(type: Type, depth: number, around: Surroundings): Tree {
  const parts = [BOOL, type, type].map((each) => around.grow(each, depth - 1));
  return { type, parts, write: (test, yes, no) => `(${test} ? ${yes} : ${no})` };
}

function call(type: Type, depth: number, around: Surroundings): Tree {
  const { random, overloads } = around;
  const candidates = overloads.flatMap((overload) => {
    const bound = bind(overload.result, type, new Map());
    return bound === undefined ? [] : [{ overload, bound }];
  });
  if (candidates.length === 0) return simple(type, around);
  // By function and not by overload: equality has one, isSorted eight.
  const byName = [...Map.groupBy(candidates, ({ overload }) => overload.name).values()];
  const { overload, bound } = random.pick(random.pick(byName));
  const parts = overload.args.map((arg, index) =>
    argument(concrete(arg, bound, random), { overload, index, depth, around }),
  );
  return { type, parts, write: (...texts) => write(overload, texts) };
}

interface Argument {
  readonly overload: Overload;
  readonly index: number;
  readonly depth: number;
  readonly around: Surroundings;
}

function argument(type: Type, { overload, index, depth, around }: Argument): Tree {
  const { random } = around;
  if (overload.name === '_?._' && index === 1)
    return leaf(STRING, random.pick(['spec', 'missing', 'a']));
  if (index === 1 && ['matches', 'find', 'findAll'].includes(overload.name))
    return leaf(STRING, regex(random));
  return around.grow(type, depth - 1);
}

/** Finds what the variables of a signature must be for its result to be the goal. */
function bind(pattern: Type, goal: Type, bound: Map<string, Type>): Map<string, Type> | undefined {
  if (pattern.kind === 'parameter') return bound.set(pattern.name, goal);
  if (pattern.kind === 'dyn') return bound;
  if (pattern.kind !== goal.kind) return undefined;
  const [inner, outer] = [partsOf(pattern), partsOf(goal)];
  if ('name' in pattern && 'name' in goal && pattern.name !== goal.name) return undefined;
  for (const [index, part] of inner.entries()) {
    const wanted = outer[index];
    if (wanted === undefined || bind(part, wanted, bound) === undefined) return undefined;
  }
  return bound;
}

function partsOf(type: Type): readonly Type[] {
  if (type.kind === 'list') return [type.element];
  if (type.kind === 'map') return [type.key, type.value];
  return type.kind === 'opaque' ? type.parameters : [];
}

/** Fills in the variables, at random where nothing decides them. */
function concrete(type: Type, bound: Map<string, Type>, random: Random): Type {
  if (type.kind === 'parameter') {
    const known =
      bound.get(type.name) ?? random.pick([...TYPES, listOf(INT), mapOf(STRING, INT), DYN]);
    bound.set(type.name, known);
    return known;
  }
  if (type.kind === 'list') return listOf(concrete(type.element, bound, random));
  if (type.kind === 'map')
    return mapOf(concrete(type.key, bound, random), concrete(type.value, bound, random));
  if (type.kind !== 'opaque') return type;
  return { ...type, parameters: type.parameters.map((each) => concrete(each, bound, random)) };
}
