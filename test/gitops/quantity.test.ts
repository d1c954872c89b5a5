// Quantities as kube-apiserver 1.37.2 keeps them for containers: in thousandths, rounded up, at most an int64 of units.
// The canonical forms are the ones it gave back for a pod template.
import test from 'ava';
import { diff } from '../../gitops/diff.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { quantityMilli } from '../../gitops/quantity.ts';

const same: string[][] = [
  ['0.5', '500m', '.5', '00500m', '500e-3', '5E-1', '+0.5'],
  ['1', '1000m', '1.', '1e0', '1000000u', '1000000000n'],
  ['1e3', '1E3', '1e+3', '1k', '1000'],
  ['128Mi', '131072Ki', '134217728', '0.125Gi'],
  ['1.5Gi', '1536Mi'],
  ['0.1Gi', '107374182400m'],
  ['1M', '1000k', '1e6'],
  ['1G', '1000M', '1e9'],
  ['1T', '1000G'],
  ['1P', '1000T'],
  ['1E', '1000P', '1e18'],
  ['1Ti', '1024Gi'],
  ['1Pi', '1024Ti'],
  ['1Ei', '1024Pi', '1152921504606846976'],
  ['0', '0m', '0e5', '-0', '0Ki'],
  ['-1', '-1000m'],
  ['0.0001', '1m', '1n', '1u', '0.001', '1e-9', '1e-99'],
  ['1.1m', '2m', '0.0011', '1001u'],
  ['3.14159Mi', '3294195876m'],
  ['8Ei', '9223372036854775807', '9223372036854775808', '1e100', '10e99', '1e999999999'],
];

for (const forms of same) {
  test(`quantity: ${forms.join(' = ')}`, (t) => {
    const values = new Set(forms.map(quantityMilli));
    t.is(values.size, 1);
    t.false(values.has(undefined));
  });
}

test('quantity: different amounts stay different', (t) => {
  const firsts = same.map(([first = '']) => quantityMilli(first));
  t.is(new Set(firsts).size, same.length);
  const beyondDoubles = ['9007199254740993', '9007199254740992'].map(quantityMilli);
  t.not(beyondDoubles[0], beyondDoubles[1]);
});

test('quantity: what is none', (t) => {
  const wrong = [
    '',
    '.',
    '+',
    'm',
    'Mi',
    '1 Gi',
    '1gi',
    '1KI',
    '1K',
    '0x1',
    '1,5',
    '1e',
    '1e1.5',
    '1MiB',
    'NaN',
    '1_0',
    ' 1',
  ];
  for (const text of wrong) t.is(quantityMilli(text), undefined, text);
});

test('quantity: the value is in thousandths, rounded up', (t) => {
  const values = ['1n', '1u', '1m', '1000001n', '1999999n', '1', '9007199254740993'];
  t.deepEqual(values.map(quantityMilli), [1n, 1n, 1n, 2n, 2n, 1_000n, 9_007_199_254_740_993_000n]);
});

test('quantity: what is beyond the largest is the largest', (t) => {
  const largest = 9_223_372_036_854_775_807_000n;
  t.is(quantityMilli('9223372036854775806'), largest - 1_000n);
  t.is(quantityMilli('9223372036854775807'), largest);
  t.is(quantityMilli('9223372036854775807.5'), largest);
  t.is(quantityMilli('-8.1Ei'), -largest);
});

// What the API server stores for a pod; a difference here would be applied again at every visit.
const stored: [written: string, live: string][] = [
  ['0.5', '500m'],
  ['131072Ki', '128Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.1Ki', '102400m'],
  ['123456.789', '123456789m'],
  ['0.0001', '1m'],
  ['1.1m', '2m'],
  ['3.14159Mi', '3294195876m'],
  ['1e100', '10e99'],
  ['8Ei', '9223372036854775807'],
];

for (const [written, live] of stored) {
  test(`quantity: ${written} is stored as ${live}, which is no difference`, (t) => {
    t.deepEqual(diff(pod(written), pod(live)), []);
    t.is(quantityMilli(written), quantityMilli(live));
  });
}

function pod(memory: string): KubeObject {
  const containers = [{ name: 'web', resources: { requests: { memory } } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } };
}
