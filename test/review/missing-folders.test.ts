// A folder that a sync would not find: the review says so, too.
import test from 'ava';
import { findingsOf } from './findings.ts';

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

test('review: the first policies come with a warning that nothing judged', async (t) => {
  const [finding, ...others] = await findingsOf(NO_POLICIES, BOTH);
  t.regex(finding ?? '', /^warn: there is no folder policies in the base/);
  t.deepEqual(others, []);
});

test('review: folders that are there are no finding', async (t) => {
  t.deepEqual(await findingsOf(BOTH, BOTH), []);
});
