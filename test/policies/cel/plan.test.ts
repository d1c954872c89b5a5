// What expressions evaluate to: attributes, operators, loops, and the errors on the way.
import test from 'ava';
import { evaluate, evaluateKubernetesCases } from './kubernetes-cases.ts';

test('values and errors of expressions are those of the API server', (t) => {
  evaluateKubernetesCases(t, './plan.json');
});

test('a list that grows is another one in each evaluation', (t) => {
  const first = evaluate('[1, 2].map(x, x)').value;
  t.deepEqual(first, [1n, 2n]);
  t.deepEqual(evaluate('[1, 2].map(x, x)').value, [1n, 2n]);
});

test('what is folded into is made anew in each turn of a loop around it', (t) => {
  const { value } = evaluate('[1, 2, 3].map(x, [x].filter(y, y > 1))');
  t.deepEqual(value, [[], [2n], [3n]]);
});
