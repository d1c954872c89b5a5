import { admissionEnvironment } from '../../policies/cel/kubernetes-environment.ts';
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  optionalOf,
  STRING,
  type Type,
} from '../../policies/cel/types/types.ts';
import { type Draft, MAX_ANNOTATIONS, MAX_VALIDATIONS } from './draft.ts';
import { generate } from './generate.ts';
import { NAMES, type Named, PARAMS } from './names.ts';
import type { Random } from './random.ts';
import { spoil } from './spoil.ts';
import type { Tree } from './tree.ts';
import { canBeWritten } from './write.ts';

const MAX_DEPTH = 4;

const overloads = [
  ...admissionEnvironment({
    params: true,
    authorizer: true,
    mode: 'stored',
    variables: true,
  }).functions.values(),
]
  .flat()
  .filter(canBeWritten);

const VARIABLE_TYPES: readonly Type[] = [
  BOOL,
  INT,
  STRING,
  DYN,
  { kind: 'double' },
  { kind: 'timestamp' },
  listOf(INT),
  listOf(STRING),
  mapOf(STRING, INT),
  optionalOf(INT),
];

/** Returns a policy with as many expressions as fit into one. */
export function makeDraft(name: string, random: Random): Draft {
  const variables = makeVariables(random);
  const names = [...NAMES, ...PARAMS, ...repeated(variables.map(({ named }) => named))];
  const make = (goal: Type) => spoil(expression(goal, { random, names }), random);
  const some = (count: number, goal: Type) => Array.from({ length: count }, () => make(goal));
  const failurePolicy = random.once(8) ? 'Ignore' : 'Fail';
  return {
    name,
    failurePolicy,
    action: random.once(2) ? 'Deny' : 'Warn',
    conditions: random.once(10) ? some(1 + random.below(2), BOOL) : [],
    variables,
    validations: some(MAX_VALIDATIONS, BOOL).map((tree) => ({
      tree,
      message: random.once(4) ? make(STRING) : undefined,
    })),
    annotations: some(random.once(3) ? MAX_ANNOTATIONS : 0, STRING),
  };
}

interface Means {
  readonly random: Random;
  readonly names: readonly Named[];
}

function expression(goal: Type, { random, names }: Means): Tree {
  return generate(goal, 1 + random.below(MAX_DEPTH), { random, overloads, names });
}

/** Each may use those before it. */
function makeVariables(random: Random) {
  const made: { name: string; tree: Tree; named: Named }[] = [];
  const count = random.below(5);
  for (let i = 0; i < count; i++) {
    const type = random.pick(VARIABLE_TYPES);
    const names = [...NAMES, ...PARAMS, ...repeated(made.map(({ named }) => named))];
    const name = `x${i}`;
    const tree = expression(type, { random, names });
    made.push({ name, tree, named: { text: `variables.${name}`, type } });
  }
  return made;
}

/** As often as the names of fields, which are many. */
function repeated(names: readonly Named[]): Named[] {
  return Array.from({ length: 5 }, () => names).flat();
}
