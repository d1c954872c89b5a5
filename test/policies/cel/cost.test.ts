// What evaluations cost, and how the limit ends them.
import test from 'ava';
import { compile } from '../../../policies/cel/compile.ts';
import { admissionEnvironment } from '../../../policies/cel/kubernetes-environment.ts';
import { CelError, CelMap } from '../../../policies/cel/values/values.ts';
import { evaluate, evaluateKubernetesCases } from './kubernetes-cases.ts';

const OVER = 'operation cancelled: actual cost limit exceeded';

test('costs are those of the API server', (t) => {
  evaluateKubernetesCases(t, './cost.json');
});

/** Evaluates an expression with a limit and returns the cost, and whether the limit ended it. */
function spend(expression: string, limit: number): [cost: number, isOver: boolean] {
  const environment = admissionEnvironment({ params: false, authorizer: false, mode: 'stored' });
  const program = compile(expression, environment);
  if (Array.isArray(program)) throw new Error(program[0]?.message);
  const { value, cost } = program.evaluate(() => CelMap.of([['a', CelMap.of([])]]), limit);
  return [cost, value instanceof CelError && value.message === OVER];
}

const limits: [expression: string, limit: number, cost: number, isOver: boolean][] = [
  ['object.a == object.a', 100, 4, false],
  ['object.a == object.a', 4, 4, false],
  ['object.a == object.a', 3, 4, true],
  ['object.a', 1, 2, true],
  ['object.a', 0, 1, true],
  ['1 == 1', 0, 1, true],
  ['true', 0, 0, false],
  ['[object.a]', 11, 12, true],
  ['[object.a]', 12, 12, false],
  ['[1, 2, 3].all(x, x > 0)', 15, 16, true],
  ['[1, 2, 3].all(x, x > 0)', 16, 16, false],
  ["{'a': object.a}.a.b", 20, 32, true],
];

for (const [expression, limit, cost, isOver] of limits) {
  test(`${expression} with a limit of ${limit} costs ${cost}`, (t) => {
    t.deepEqual(spend(expression, limit), [cost, isOver]);
  });
}

test('nothing absorbs the end of an evaluation', (t) => {
  t.deepEqual(spend('object.a == object.a || true', 3), [4, true]);
  t.deepEqual(spend('[1].exists(x, object.a == object.a || true)', 3), [4, true]);
});

test('a presence test of a choice is free even of what was not charged, as in cel-go', (t) => {
  const { value, cost } = evaluate('has((true ? object.?zz : object.?yy).c)');
  t.is((value as CelError).message, OVER);
  t.is(cost, 2 ** 64 - 1);
});

test('what the API server does not count is bounded all the same', (t) => {
  const endless =
    '[0].map(object, .object[lists.range(5000).all(x, lists.range(5000).all(y, x + y >= 0))])';
  t.is((evaluate(endless).value as CelError).message, OVER);
});
