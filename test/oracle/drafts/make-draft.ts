import { admissionEnvironment } from '../../../policies/cel/kubernetes-environment.ts';
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  optionalOf,
  STRING,
  type Type,
} from '../../../policies/cel/types/types.ts';
import type { Random } from '../../helpers/random.ts';
import { generate } from '../expressions/expression.ts';
import { NAMES, type Named, PARAMS } from '../expressions/names.ts';
import { spoil } from '../expressions/spoil.ts';
import type { Tree } from '../expressions/tree.ts';
import { canBeWritten } from '../expressions/write.ts';
import { type Draft, MAX_ANNOTATIONS, MAX_VALIDATIONS, type Rule } from './draft.ts';
import { anyFrame, plainFrame } from './frame.ts';

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

type Make = (goal: Type) => Tree;

/** Returns a policy: every other with as many expressions as fit into one, else with few in a frame of any kind. */
export function makeDraft(name: string, random: Random): Draft {
  const isPlain = random.once(2);
  const frame = isPlain ? plainFrame(random) : anyFrame(random);
  const names = frame.paramKind ? [...NAMES, ...PARAMS] : NAMES;
  const variables = makeVariables(names, random);
  const all = [...names, ...repeated(variables.map(({ named }) => named))];
  const make: Make = (goal) => spoil(expression(goal, all, random), random);
  const some = (count: number, goal: Type) => Array.from({ length: count }, () => make(goal));
  const count = isPlain ? MAX_VALIDATIONS : 1 + random.below(3);
  return {
    name,
    frame,
    variables,
    conditions: random.once(isPlain ? 10 : 2) ? some(1 + random.below(2), BOOL) : [],
    validations: Array.from({ length: count }, () => makeRule(make, random)),
    annotations: random.once(3) ? some(isPlain ? MAX_ANNOTATIONS : 2, STRING) : [],
  };
}

const MESSAGES = [undefined, undefined, 'must be so', '  näh "so" <b>\t', 'x'.repeat(300)];
const REASONS = [undefined, undefined, 'Forbidden', 'Invalid', 'RequestEntityTooLarge'];

function makeRule(make: Make, random: Random): Rule {
  return {
    tree: make(BOOL),
    messageTree: random.once(4) ? make(STRING) : undefined,
    message: random.pick(MESSAGES),
    reason: random.pick(REASONS),
  };
}

function expression(goal: Type, names: readonly Named[], random: Random): Tree {
  return generate(goal, 1 + random.below(MAX_DEPTH), { random, overloads, names });
}

/** Each may use those before it. */
function makeVariables(names: readonly Named[], random: Random) {
  const made: { name: string; tree: Tree; named: Named }[] = [];
  const count = random.below(5);
  for (let i = 0; i < count; i++) {
    const type = random.pick(VARIABLE_TYPES);
    const all = [...names, ...repeated(made.map(({ named }) => named))];
    const name = `x${i}`;
    const tree = expression(type, all, random);
    made.push({ name, tree, named: { text: `variables.${name}`, type } });
  }
  return made;
}

/** As often as the names of fields, which are many. */
function repeated(names: readonly Named[]): Named[] {
  return Array.from({ length: 5 }, () => names).flat();
}
