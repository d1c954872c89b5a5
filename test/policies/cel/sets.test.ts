// Lists as sets, evaluated from their text; results and costs are those of kube-apiserver's evaluator.
import test from 'ava';
import { quantity } from '../../../policies/cel/lib/kubernetes/quantity.ts';
import { sets } from '../../../policies/cel/lib/lists/sets.ts';
import { ip } from '../../../policies/cel/lib/net/ip.ts';
import { standard } from '../../../policies/cel/lib/standard/standard.ts';
import { evaluateCases } from './evaluator-cases.ts';

test('lists as sets', (t) => {
  evaluateCases(t, './sets.json', [standard, quantity, sets, ip]);
});
