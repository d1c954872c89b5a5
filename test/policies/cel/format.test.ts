// Named formats and what they say of texts that do not have them.
import test from 'ava';
import { evaluateKubernetesCases } from './kubernetes-cases.ts';

test('formats are those of the API server', (t) => {
  evaluateKubernetesCases(t, './format.json');
});
