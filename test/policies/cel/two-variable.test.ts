// Loops of two variables, evaluated from their text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { lists } from '../../../policies/cel/lib/lists/lists.ts';
import { standard } from '../../../policies/cel/lib/standard/standard.ts';
import { twoVariable } from '../../../policies/cel/lib/two-variable.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('loops of two variables', (t) => {
  evaluateCases(t, './two-variable.json', [standard, twoVariable, lists]);
});
