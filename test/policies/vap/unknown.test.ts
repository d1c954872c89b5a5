// What is not known in a pull request never makes a pass, and does not matter where it decides nothing.
import test from 'ava';
import { evaluatePolicies, verdict } from '../../../policies/index.ts';
import { DEPLOYMENTS, failed, judge, passed, type Row, unknown, validation } from './judging.ts';
import { bindingYaml, fileOf, loaded, policyYaml } from './policy-files.ts';
import { request } from './requests.ts';

const USER = 'request.userInfo.username == "x"';
const IGNORE = 'failurePolicy: Ignore';

const rows: Row[] = [
  { title: 'the user', spec: validation(USER), ...unknown },
  { title: 'the user, errors ignored', spec: validation(USER, IGNORE), ...unknown },
  {
    title: 'the user who is known',
    spec: validation(USER),
    input: { userInfo: { username: 'x' } },
    ...passed,
  },
  { title: 'the user, short-circuited', spec: validation(`${USER} || true`), ...passed },
  { title: 'the user, and it fails without', spec: validation(`${USER} && false`), ...failed },
  { title: 'the user decides', spec: validation(`${USER} || false`), ...unknown },
  {
    title: 'the user beside an error',
    spec: validation(`object.no.x == 1 || ${USER}`),
    ...unknown,
  },
  {
    title: 'the user beside an error that is ignored',
    spec: validation(`object.no.x == 1 || ${USER}`, IGNORE),
    ...unknown,
  },
  {
    title: 'an error alone',
    spec: validation('object.no.x == 1'),
    decisions: ['error'],
    verdict: 'denied',
  },
  { title: 'the user is there', spec: validation('has(request.userInfo)'), ...passed },
  {
    title: 'the user, optionally',
    spec: validation('request.?userInfo.?username.orValue("x") == "x"'),
    ...unknown,
  },
  {
    title: 'the user in a list',
    spec: validation('[1, 2].exists(i, i == 3 || request.userInfo.username == "x")'),
    ...unknown,
  },
  {
    title: 'the user in a map',
    spec: validation('{"a": request.userInfo}.size() == 1'),
    ...unknown,
  },
  {
    title: 'the authorizer',
    spec: validation('authorizer.path("/x").check("get").allowed()'),
    ...unknown,
  },
  {
    title: 'the authorizer of the resource',
    spec: validation('authorizer.requestResource.check("get").allowed()'),
    ...unknown,
  },
  { title: 'options', spec: validation('request.options.fieldManager == "x"'), ...unknown },
  {
    title: 'the namespace',
    spec: validation('namespaceObject.metadata.name == "team"'),
    ...unknown,
  },
  {
    title: 'a namespace that is known',
    spec: validation('namespaceObject.metadata.name == "team"'),
    input: { namespaceObject: { metadata: { name: 'team' } } },
    ...passed,
  },
  {
    title: 'the user in a variable',
    spec: validation('variables.v', `variables: [{name: v, expression: '${USER}'}]`),
    ...unknown,
  },
  {
    title: 'a variable that fails after it asked for the user',
    spec: validation(
      'variables.v',
      `variables: [{name: v, expression: '${USER} || object.no.x == 1'}]`,
    ),
    ...unknown,
  },
  {
    title: 'the user in a message: the denial stands',
    spec: `${DEPLOYMENTS}\nvalidations:\n- {expression: "false", message: m, messageExpression: "request.userInfo.username"}\n`,
    ...failed,
  },
  {
    title: 'a match condition on the user, and the rest passes',
    spec: validation('true', `matchConditions: [{name: m, expression: '${USER}'}]`),
    ...passed,
  },
  {
    title: 'a match condition on the user, and the rest fails',
    spec: validation('false', `matchConditions: [{name: m, expression: '${USER}'}]`),
    ...unknown,
  },
  {
    title: 'a match condition on the user beside one that is false',
    spec: validation(
      'false',
      `matchConditions: [{name: m, expression: '${USER}'}, {name: o, expression: "false"}]`,
    ),
    decisions: ['skip'],
    verdict: 'allowed',
  },
  {
    title: 'a match condition on the user beside one whose error is ignored',
    spec: validation(
      'false',
      `${IGNORE}\nmatchConditions: [{name: m, expression: '${USER}'}, {name: o, expression: object.no.x == 1}]`,
    ),
    decisions: ['error'],
    verdict: 'allowed',
  },
  {
    title: 'a binding by labels of the namespace, and the policy passes',
    spec: validation('true'),
    bind: 'matchResources: {namespaceSelector: {matchLabels: {a: b}}}',
    ...passed,
  },
  {
    title: 'a binding by labels of the namespace, and the policy fails',
    spec: validation('false'),
    bind: 'matchResources: {namespaceSelector: {matchLabels: {a: b}}}',
    ...unknown,
  },
  {
    title: 'an audit annotation of the user',
    spec: `${DEPLOYMENTS}\nauditAnnotations: [{key: a, valueExpression: request.userInfo.username}]`,
    ...unknown,
  },
  {
    title: 'an audit annotation of the user, errors ignored, denies nothing',
    spec: `${DEPLOYMENTS}\n${IGNORE}\nauditAnnotations: [{key: a, valueExpression: request.userInfo.username}]`,
    decisions: ['cannotJudge'],
    verdict: 'allowed',
  },
];

for (const row of rows) test(row.title, (t) => judge(t, row));

test('a policy that only warns leaves the verdict alone', (t) => {
  const set = loaded(
    fileOf(policyYaml(validation(USER)), bindingYaml('policyName: p\nvalidationActions: [Warn]')),
  );
  const made = evaluatePolicies(set, request());
  t.is(made[0]?.outcome, 'cannotJudge');
  t.is(verdict(made, request()).outcome, 'allowed');
});

test('the verdict tells each reason once', (t) => {
  const spec = `${DEPLOYMENTS}\nvalidations:\n- expression: ${USER}\n- expression: ${USER}\n`;
  const set = loaded(
    fileOf(policyYaml(spec), bindingYaml('policyName: p\nvalidationActions: [Deny]')),
  );
  t.like(verdict(evaluatePolicies(set, request()), request()), {
    outcome: 'cannotJudge',
    reasons: ['policy p: request.userInfo is not known here'],
  });
});
