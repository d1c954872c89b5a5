// Kubernetes' functions on lists, evaluated from their text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { quantity } from '../../../policies/cel/lib/kubernetes/quantity.ts';
import { kubernetesLists } from '../../../policies/cel/lib/lists/kubernetes-lists.ts';
import { standard } from '../../../policies/cel/lib/standard/standard.ts';
import { strings } from '../../../policies/cel/lib/strings/strings.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('Kubernetes functions on lists', (t) => {
  evaluateCases(t, './kubernetes-lists.json', [standard, quantity, strings, kubernetesLists]);
});
