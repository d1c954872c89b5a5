// Values of variables whose names say that they are secrets: a review is read by everybody.
import test from 'ava';
import { reportOf } from './findings.ts';

const SECRET = 'hunter2-in-plain';

const policy = (expression: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-plain-passwords}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [example.com, apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [webapps, deployments]}
  validations:
    - expression: ${JSON.stringify(expression)}
      message: a password belongs into a Secret
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-plain-passwords}
spec: {policyName: no-plain-passwords, validationActions: [Deny]}
`;

const ENVIRONMENTS = {
  'on one line': `env: [{name: DB_PASSWORD, value: ${SECRET}}]`,
  'on lines of their own': `env:\n    - name: DB_PASSWORD\n      value: ${SECRET}`,
  'the value first': `env:\n    - value: "${SECRET}"\n      name: DB_PASSWORD`,
};

const EXPRESSIONS = {
  'of the WebApp': '!has(object.spec.env) || object.spec.env.all(e, size(e.value) < 8)',
  'of the WebApp, by index': '!has(object.spec.env) || size(object.spec.env[0].value) < 8',
  'of the Deployment':
    '!has(object.spec.template) || object.spec.template.spec.containers.all(c, c.env.all(e, size(e.value) < 8))',
  'of the list as a whole': '!has(object.spec.env) || object.spec.env == []',
};

for (const [form, env] of Object.entries(ENVIRONMENTS))
  for (const [what, expression] of Object.entries(EXPRESSIONS))
    test(`review: a secret ${form} is not told, though a policy reads it ${what}`, async (t) => {
      const file = `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n  name: shop\nspec:\n  image: shop:1\n  ${env}\n`;
      const policies = { 'policies/one.yaml': policy(expression) };
      const before = { ...policies, 'apps/shop.yaml': file.replace(SECRET, 'short') };
      const report = await reportOf(before, { ...policies, 'apps/shop.yaml': file });
      t.true(report.findings.some(({ level }) => level === 'deny'));
      t.false(JSON.stringify(report).includes(SECRET));
      t.true(JSON.stringify(report).includes('(hidden)'));
    });
