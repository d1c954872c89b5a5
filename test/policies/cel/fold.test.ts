// What is evaluated while an expression is planned, and what cannot be planned.
import test from 'ava';
import { evaluateKubernetesCases } from './kubernetes-cases.ts';

test('constants are evaluated at once and cost nothing', (t) => {
  evaluateKubernetesCases(t, './fold.json');
});
