// The standard library, evaluated from its text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { optionals, standard } from '../../../policies/cel/lib/standard/standard.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('operators, functions and conversions', (t) => {
  evaluateCases(t, './standard.json', [standard, optionals]);
});
