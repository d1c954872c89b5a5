import test from 'ava';
import {
  canonicalQuantity,
  equalQuantities,
  roundUpToMilli,
} from '../../../policies/objects/quantity.ts';

// What resource.Quantity of apimachinery 0.37.2 prints after parsing, and after rounding up to thousandths.
const READ: readonly [text: string, canonical: string | undefined, rounded?: string][] = [
  ['0', '0'],
  ['', undefined],
  ['x', undefined],
  ['1ki', undefined],
  ['1e', undefined],
  ['1..2', undefined],
  ['-', '0'],
  ['1', '1'],
  ['+5', '+5'],
  ['005', '005'],
  ['-5', '-5'],
  ['1.5', '1500m'],
  ['1.500', '1.500'],
  ['4.000m', '4m'],
  ['0.5', '500m'],
  ['1000m', '1'],
  ['10000k', '10M'],
  ['1e3', '1e3'],
  ['100e3', '100e3'],
  ['1e0', '1e0'],
  ['1e1', '10'],
  ['1e19', '10e18'],
  ['1E', '1E'],
  ['1000E', '1'],
  ['100u', '100u', '1m'],
  ['1n', '1n', '1m'],
  ['0.1n', '1n', '1m'],
  ['1e-999', '1e-9', '1e-3'],
  ['-0.1m', '-100u', '-1m'],
  ['1024Ki', '1Mi'],
  ['1025Ki', '1025Ki'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['0.3Ki', '307200m'],
  ['0.0001Ki', '102400u', '103m'],
  ['16Ei', '9223372036854775807'],
  ['12345678901234567890', '12345678901234567890'],
  ['1e999999', '1e999999'],
];

for (const [text, canonical, rounded] of READ) {
  test(`the quantity ${JSON.stringify(text)}`, (t) => {
    t.is(canonicalQuantity(text), canonical);
    if (canonical !== undefined) t.is(roundUpToMilli(canonical), rounded ?? canonical);
  });
}

const PAIRS: readonly [a: string, b: string, equal: boolean][] = [
  ['1', '1000m', true],
  ['1.500', '1500m', true],
  ['1Gi', '1024Mi', true],
  ['1G', '1Gi', false],
  ['0', '0Mi', true],
  ['1e3', '1k', true],
  ['-1', '1', false],
];

for (const [a, b, equal] of PAIRS) {
  test(`${a} ${equal ? 'is' : 'is not'} ${b}`, (t) => t.is(equalQuantities(a, b), equal));
}
