// IP addresses: which are read, their forms and kinds.
import test from 'ava';
import { evaluateKubernetesCases } from './kubernetes-cases.ts';

test('addresses are those of the API server', (t) => {
  evaluateKubernetesCases(t, './ip.json');
});
