// Networks of IP addresses and what is in them.
import test from 'ava';
import { evaluateKubernetesCases } from './kubernetes-cases.ts';

test('networks are those of the API server', (t) => {
  evaluateKubernetesCases(t, './cidr.json');
});
