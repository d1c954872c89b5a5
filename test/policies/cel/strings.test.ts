// Functions on strings, evaluated from their text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { kubernetesLists } from '../../../policies/cel/lib/lists/kubernetes-lists.ts';
import { optionals, standard } from '../../../policies/cel/lib/standard/standard.ts';
import { strings } from '../../../policies/cel/lib/strings/strings.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('functions on strings', (t) => {
  evaluateCases(t, './strings.json', [standard, optionals, strings, kubernetesLists]);
});
