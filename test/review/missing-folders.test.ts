// A folder that a sync would not find: the review says so, too.
import test from 'ava';
import { policyFile } from '../helpers/policy-files.ts';
import { findingsOf, reportOf } from './findings.ts';

const APP =
  'apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: shop}\nspec: {image: "a/b:1"}\n';
const PARAMETER = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits}\ndata: {most: "3"}\n';
const BOTH = { 'apps/shop.yaml': APP, 'policies/limits.yaml': PARAMETER };
const NO_POLICIES = { 'apps/shop.yaml': APP };

test('review: a folder of policies that is nowhere is an error', async (t) => {
  const [finding] = await findingsOf(BOTH, BOTH, 'polcies');
  t.regex(finding ?? '', /^error: there is no folder polcies after the merge/);
});

test('review: a pull request that deletes the folder of policies, or that of the WebApps, is an error', async (t) => {
  const [finding] = await findingsOf(BOTH, NO_POLICIES);
  t.regex(finding ?? '', /^error: there is no folder policies after the merge/);
  const [other] = await findingsOf(BOTH, { 'policies/limits.yaml': PARAMETER });
  t.regex(other ?? '', /^error: there is no folder apps after the merge/);
});

const NO_MORE_THAN_3 = policyFile({ name: 'few', expression: 'object.spec.replicas <= 3' });
const app = (replicas: number) => APP.replace('"a/b:1"', `"a/b:1", replicas: ${replicas}`);

test('review: the first policies judge the pull request that brings them, and it says so', async (t) => {
  const first = (replicas: number) => ({
    'apps/shop.yaml': app(replicas),
    'policies/few.yaml': NO_MORE_THAN_3,
  });
  t.deepEqual(await findingsOf({ 'apps/shop.yaml': app(1) }, first(12)), [
    'deny: failed expression: object.spec.replicas <= 3',
    FIRST,
  ]);
  t.deepEqual(await findingsOf({ 'apps/shop.yaml': app(1) }, first(2)), [FIRST]);
});

const FIRST =
  'warn: there is no folder policies in the base, and the policies of this very pull request have judged it';

test('review: first policies of which none is bound, or that cannot be read, judge nothing', async (t) => {
  const [policy = ''] = NO_MORE_THAN_3.split('---');
  for (const files of [
    { 'policies/limits.yaml': PARAMETER },
    { 'policies/few.yaml': policy },
    { 'policies/README.md': 'Here will be policies.' },
    { 'policies/tests/few.yaml': NO_MORE_THAN_3 },
  ]) {
    const found = await findingsOf(NO_POLICIES, { 'apps/shop.yaml': app(12), ...files });
    t.true(
      found.some((each) => /^error: there is no folder policies in the base, and none/.test(each)),
      JSON.stringify([files, found]),
    );
  }
  const broken = { 'apps/shop.yaml': app(12), 'policies/few.yaml': 'kind: {' };
  t.regex((await findingsOf(NO_POLICIES, broken)).join(), /^error: /);
});

test('review: WebApps that the first policies would not admit are told of once', async (t) => {
  const other = app(7).replace('name: shop', 'name: cart');
  const base = { 'apps/shop.yaml': app(1), 'apps/cart.yaml': other };
  const head = { ...base, 'apps/shop.yaml': app(12), 'policies/few.yaml': NO_MORE_THAN_3 };
  const { findings, impact } = await reportOf(base, head);
  const denied = findings.filter(({ level }) => level === 'deny');
  t.deepEqual(
    denied.map(({ subject }) => subject?.name),
    ['shop'],
  );
  t.deepEqual(
    impact.map(({ subject }) => subject.name),
    ['cart'],
  );
});

test('review: folders that are there are no finding', async (t) => {
  t.deepEqual(await findingsOf(BOTH, BOTH), []);
});
