// Expressions at random: every operator, macro and function of the environment, most of them well typed.

import type { Overload } from '../../../policies/cel/library.ts';
import {
  BOOL,
  DYN,
  formatType,
  INT,
  listOf,
  mapOf,
  optionalOf,
  STRING,
  type Type,
} from '../../../policies/cel/types/types.ts';
import type { Random } from '../../helpers/random.ts';
import { bind, concrete } from './binding.ts';
import { literalOf } from './literals.ts';
import { macroOf, macrosOfResult } from './macros.ts';
import type { Named } from './names.ts';
import { quote } from './quote.ts';
import { type Material, Surroundings } from './surroundings.ts';
import { textsFor } from './texts.ts';
import { leaf, type Tree } from './tree.ts';
import { write } from './write.ts';

const KINDS = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'duration',
  'timestamp',
] as const;
const TYPES: readonly Type[] = [
  ...KINDS.map((kind): Type => ({ kind })),
  { kind: 'null' },
  { kind: 'type' },
  listOf(INT),
  listOf(DYN),
  mapOf(STRING, INT),
  mapOf(STRING, DYN),
  optionalOf(INT),
  DYN,
];

/** Returns an expression whose result is of the type whatever its parts are; `depth` bounds how far it nests. */
export function generate(goal: Type, depth: number, material: Material): Tree {
  return certain(goal, depth, new Surroundings(material, [], grow));
}

/** Nothing of type dyn is its result, for that the API server refuses in most places. */
function certain(goal: Type, depth: number, around: Surroundings): Tree {
  const { random } = around;
  if (depth <= 0) return literalOf(goal, random);
  const kind = random.below(12);
  if (kind === 0) {
    const sides = [certain(goal, depth - 1, around), certain(goal, depth - 1, around)];
    return conditional(goal, around.grow(BOOL, depth - 1), sides);
  }
  const macros = kind <= 4 ? macrosOfResult(goal) : [];
  if (macros.length > 0) return random.pick(macros)(depth - 1, around);
  const isCertain = ({ result }: Overload) => formatType(result) === formatType(goal);
  return call(goal, around.material.overloads.filter(isCertain), { depth, around });
}

function grow(goal: Type, depth: number, around: Surroundings): Tree {
  const { random } = around;
  // One in forty is of another type than asked for, so that refusals are compared, too.
  const type = random.once(40) ? random.pick(TYPES) : goal;
  if (depth <= 0 || random.once(6)) return simple(type, around);
  const kind = random.below(20);
  if (kind <= 1) {
    const sides = [around.grow(type, depth - 1), around.grow(type, depth - 1)];
    return conditional(type, around.grow(BOOL, depth - 1), sides);
  }
  if (kind === 2) return aggregate(type, depth, around);
  const macro = kind <= 6 ? macroOf(type, depth, around) : undefined;
  return macro ?? call(type, around.material.overloads, { depth, around });
}

function simple(type: Type, { random, locals, material }: Surroundings): Tree {
  const wanted = formatType(type);
  const variables = locals.filter(({ type: its }) => formatType(its) === wanted || isDyn(its));
  if (variables.length > 0 && !random.once(3)) return leaf(type, random.pick(variables).name);
  if (!isDyn(type) && random.once(2)) return literalOf(type, random);
  const names = random.once(8)
    ? material.names
    : material.names.filter((each) => suits(each, type));
  return names.length > 0 ? leaf(type, random.pick(names).text) : literalOf(type, random);
}

/** Whether it is of the type, or dyn and mostly of the kind. */
function suits({ type: its, like }: Named, type: Type): boolean {
  if (formatType(its) === formatType(type)) return true;
  return like !== undefined && like === (type.kind === 'opaque' ? type.name : formatKind(type));
}

const formatKind = (type: Type) => (type.kind === 'null' ? 'null_type' : type.kind);
const isDyn = ({ kind }: Type) => kind === 'dyn';

function conditional(type: Type, test: Tree, sides: readonly Tree[]): Tree {
  const parts = [test, ...sides];
  return { type, parts, write: (text, yes, no) => `(${text} ? ${yes} : ${no})` };
}

/** A list or map of expressions; of other types it is what is selected from one. */
function aggregate(type: Type, depth: number, around: Surroundings): Tree {
  const { random } = around;
  if (type.kind === 'list') {
    const parts = Array.from({ length: 1 + random.below(3) }, () =>
      around.grow(type.element, depth - 1),
    );
    return { type, parts, write: (...texts) => `[${texts.join(', ')}]` };
  }
  if (type.kind === 'map') {
    const parts = [around.grow(type.key, depth - 1), around.grow(type.value, depth - 1)];
    return { type, parts, write: (key, value) => `{${key}: ${value}}` };
  }
  const field = random.pick(['a', 'b_c', '`d-e`']);
  const parts = [around.grow(type, depth - 1)];
  return { type, parts, write: (text) => `{${keyOf(field)}: ${text}}.${field}` };
}

const keyOf = (field: string) => `'${field.replaceAll('`', '')}'`;

interface Place {
  readonly depth: number;
  readonly around: Surroundings;
}

function call(type: Type, overloads: readonly Overload[], { depth, around }: Place): Tree {
  const { random } = around;
  const candidates = overloads.flatMap((overload) => {
    const bound = bind(overload.result, type, new Map());
    return bound === undefined ? [] : [{ overload, bound }];
  });
  if (candidates.length === 0) return simple(type, around);
  // By function and not by overload: equality has one, isSorted eight.
  const byName = [...Map.groupBy(candidates, ({ overload }) => overload.name).values()];
  const { overload, bound } = random.pick(random.pick(byName));
  const parts = overload.args.map((arg, index) => {
    const wanted = concrete(arg, bound, () => random.pick(TYPES));
    return argument(wanted, { overload, index, depth, around });
  });
  const bare = random.once(6);
  return { type, parts, write: (...texts) => write(overload, texts, bare) };
}

interface Argument extends Place {
  readonly overload: Overload;
  readonly index: number;
}

function argument(type: Type, { overload: { name }, index, depth, around }: Argument): Tree {
  const { random } = around;
  if (name === '_?._' && index === 1) return field(random);
  const texts = type.kind === 'string' || type.kind === 'dyn' ? textsFor(name, index) : undefined;
  if (texts === undefined || random.once(4)) return around.grow(type, depth - 1);
  return leaf(STRING, quote(random.pick(texts), random));
}

/** What stands after `.?` is the text of a literal here; write() takes it for a name. */
function field(random: Random): Tree {
  return leaf(STRING, random.pick(['spec', 'missing', 'a', 'replicas', '`a-b`']));
}
