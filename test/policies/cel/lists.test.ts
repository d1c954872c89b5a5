// Functions on lists, evaluated from their text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { quantity } from '../../../policies/cel/lib/kubernetes/quantity.ts';
import { kubernetesLists } from '../../../policies/cel/lib/lists/kubernetes-lists.ts';
import { lists } from '../../../policies/cel/lib/lists/lists.ts';
import { optionals, standard } from '../../../policies/cel/lib/standard/standard.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('functions on lists', (t) => {
  evaluateCases(t, './lists.json', [standard, optionals, quantity, lists, kubernetesLists]);
});
