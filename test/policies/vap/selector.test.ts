// Which labels a selector selects, also where not all of them are known.
import test from 'ava';
import type { LabelRequirement, LabelSelector } from '../../../policies/vap/policy.ts';
import { selects } from '../../../policies/vap/selector.ts';

const labels = { app: 'shop', tier: 'web', empty: '' };
const requirement = (
  key: string,
  operator: LabelRequirement['operator'],
  ...values: string[]
): LabelSelector => ({ matchLabels: {}, matchExpressions: [{ key, operator, values }] });

const rows: { selector: LabelSelector; want: boolean; partly: boolean | undefined }[] = [
  { selector: { matchLabels: {}, matchExpressions: [] }, want: true, partly: true },
  { selector: { matchLabels: { app: 'shop' }, matchExpressions: [] }, want: true, partly: true },
  { selector: { matchLabels: { app: 'x' }, matchExpressions: [] }, want: false, partly: false },
  { selector: { matchLabels: { no: '' }, matchExpressions: [] }, want: false, partly: undefined },
  { selector: requirement('app', 'In', 'x', 'shop'), want: true, partly: true },
  { selector: requirement('no', 'In', 'x'), want: false, partly: undefined },
  { selector: requirement('empty', 'In', ''), want: true, partly: true },
  { selector: requirement('app', 'NotIn', 'shop'), want: false, partly: false },
  { selector: requirement('no', 'NotIn', 'x'), want: true, partly: undefined },
  { selector: requirement('app', 'Exists'), want: true, partly: true },
  { selector: requirement('no', 'Exists'), want: false, partly: undefined },
  { selector: requirement('app', 'DoesNotExist'), want: false, partly: false },
  { selector: requirement('no', 'DoesNotExist'), want: true, partly: undefined },
  { selector: requirement('constructor', 'Exists'), want: false, partly: undefined },
  {
    selector: { matchLabels: { app: 'x' }, ...one('no', 'Exists') },
    want: false,
    partly: false,
  },
  {
    selector: { matchLabels: { app: 'shop' }, ...one('no', 'DoesNotExist') },
    want: true,
    partly: undefined,
  },
];

function one(key: string, operator: LabelRequirement['operator']) {
  return { matchExpressions: [{ key, operator, values: [] }] };
}

for (const { selector, want, partly } of rows) {
  test(JSON.stringify(selector), (t) => {
    t.is(selects(selector, { labels, complete: true }), want);
    t.is(selects(selector, { labels, complete: false }), partly);
  });
}
