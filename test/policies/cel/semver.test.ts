// Semantic versions, strict and normalized.
import test from 'ava';
import { evaluateKubernetesCases } from './kubernetes-cases.ts';

test('versions are those of the API server', (t) => {
  evaluateKubernetesCases(t, './semver.json');
});
