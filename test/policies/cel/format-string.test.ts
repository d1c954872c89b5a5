// string.format(), evaluated from its text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { quantity } from '../../../policies/cel/lib/kubernetes/quantity.ts';
import { ip } from '../../../policies/cel/lib/net/ip.ts';
import { optionals, standard } from '../../../policies/cel/lib/standard/standard.ts';
import { strings } from '../../../policies/cel/lib/strings/strings.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('string.format()', (t) => {
  evaluateCases(t, './format-string.json', [standard, optionals, quantity, strings, ip]);
});
