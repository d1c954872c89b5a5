// The review judges what a sync would apply, with the marks that it leaves.
import test from 'ava';
import { policyFile } from '../helpers/policy-files.ts';
import { findingsOf } from './findings.ts';

const app = (replicas: number) =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: shop}\nspec: {image: "a/b:1", replicas: ${replicas}}\n`;

const OF_GIT = policyFile({ name: 'of-git', expression: 'object.spec.replicas <= 3' }).replace(
  'matchConstraints: {',
  'matchConstraints: {objectSelector: {matchExpressions: [{key: webapps.example.com/source, operator: Exists}]}, ',
);

for (const [title, policy] of Object.entries({
  'a policy for what comes from Git judges a pull request, too': OF_GIT,
  'the revision that a sync writes is there': policyFile({
    name: 'revision',
    expression:
      "object.spec.replicas <= 3 || !has(object.metadata.annotations) || !('webapps.example.com/revision' in object.metadata.annotations)",
  }),
})) {
  test(`review: ${title}`, async (t) => {
    const files = (replicas: number) => ({
      'apps/shop.yaml': app(replicas),
      'policies/policy.yaml': policy,
    });
    t.regex((await findingsOf(files(2), files(12))).join(), /^deny: /);
    t.deepEqual(await findingsOf(files(2), files(3)), []);
  });
}
