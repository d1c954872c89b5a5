// Amounts such as 500m and 2Gi: how they are read, computed with and compared.
import test from 'ava';
import { compile } from '../../../policies/cel/compile.ts';
import { admissionEnvironment } from '../../../policies/cel/kubernetes-environment.ts';
import { CelError } from '../../../policies/cel/values/values.ts';
import { evaluate, evaluateKubernetesCases } from './kubernetes-cases.ts';

test('quantities are those of the API server', (t) => {
  evaluateKubernetesCases(t, './quantity.json');
});

test('an exponent of any size takes no time to read and compare', (t) => {
  const huge = 'quantity("1e2000000000")';
  t.true(evaluate(`${huge}.isGreaterThan(quantity("1e1999999999"))`).value);
  t.true(evaluate(`quantity("-1e2000000000").isLessThan(quantity("1"))`).value);
  t.is(evaluate('quantity("1e-2000000000").compareTo(quantity("1n"))').value, 0n);
  t.is(evaluate('quantity("1234567890123456789e2000000000").compareTo(quantity("1"))').value, 1n);
  t.is(evaluate(`${huge}.asApproximateFloat()`).value, Number.POSITIVE_INFINITY);
});

test('a sum that would fill the memory is an error', (t) => {
  const { value } = evaluate('quantity("1e2000000000").add(quantity("1"))');
  t.true(value instanceof CelError);
});

test('a comparison changes the form of a quantity, but not that of the next evaluation', (t) => {
  const program = compile(
    '[quantity("5")].all(q, q.isInteger() && q.isGreaterThan(quantity("1e-12")) && !q.isInteger())',
    admissionEnvironment({ params: false, authorizer: false, mode: 'stored' }),
  );
  if (Array.isArray(program)) return t.fail(program[0]?.message);
  t.true(program.evaluate(() => undefined).value);
  t.true(program.evaluate(() => undefined).value);
});
