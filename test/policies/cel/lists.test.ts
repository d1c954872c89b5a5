// Functions on lists, evaluated from their text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { kubernetesLists } from '../../../policies/cel/lib/kubernetes-lists.ts';
import { lists } from '../../../policies/cel/lib/lists.ts';
import { quantity } from '../../../policies/cel/lib/quantity.ts';
import { optionals, standard } from '../../../policies/cel/lib/standard.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('functions on lists', (t) => {
  evaluateCases(t, './lists.json', [standard, optionals, quantity, lists, kubernetesLists]);
});
