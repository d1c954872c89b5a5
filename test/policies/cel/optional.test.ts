// Optional values, evaluated from their text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { optionals, standard } from '../../../policies/cel/lib/standard/standard.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('optionals', (t) => {
  evaluateCases(t, './optional.json', [standard, optionals]);
});
