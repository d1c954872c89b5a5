// Which policies and bindings are asked, in which order, and what is told of each.
import test from 'ava';
import { type Decision, evaluatePolicies, KnownParams, verdict } from '../../../policies/index.ts';
import { DEPLOYMENTS } from './judging.ts';
import { bindingYaml, fileOf, findings, loaded, policyYaml } from './policy-files.ts';
import { deployment, request } from './requests.ts';

const policy = (name: string, validations: string, more = '') =>
  policyYaml(`${DEPLOYMENTS}\n${more}\nvalidations: [${validations}]`, name);
const binding = (name: string, policyName: string, more = '') =>
  bindingYaml(`policyName: ${policyName}\nvalidationActions: [Deny]\n${more}`, name);
const FALSE = '{expression: "false"}';
const names = (decisions: readonly Decision[]) =>
  decisions.map(({ policy, binding, param }) => [policy, binding, param].filter(Boolean).join(' '));

test('policies and bindings come in the order of their names, whatever the files are', (t) => {
  const set = loaded(
    fileOf(
      binding('z', 'b'),
      policy('b', FALSE),
      binding('w', 'a'),
      binding('x', 'a'),
      policy('a', FALSE),
      policy('unbound', FALSE),
    ),
  );
  const decisions = evaluatePolicies(set, request());
  t.deepEqual(names(decisions), ['a w', 'a x', 'b z']);
  t.like(verdict(decisions, request()), {
    message:
      "ValidatingAdmissionPolicy 'a' with binding 'w' denied request: failed expression: false",
  });
});

test('a decision tells its place, its cost and its reason', (t) => {
  const text = fileOf(
    policy(
      'p',
      '{expression: "object.spec.replicas <= 3", message: at most three, reason: Forbidden}',
    ),
    binding('b', 'p'),
  );
  const input = request({ object: deployment({ replicas: 5 }) });
  const [decision] = evaluatePolicies(loaded(text), input);
  t.like(decision, {
    policy: 'p',
    binding: 'b',
    subject: 'validation',
    index: 0,
    outcome: 'fail',
    effect: 'deny',
    actions: ['Deny'],
    message: 'at most three',
    reason: 'Forbidden',
    expression: 'object.spec.replicas <= 3',
    place: { path: 'p.yaml', line: 7, column: 31 },
    cost: 4,
  });
});

test('one evaluation for each parameter', (t) => {
  const param = (name: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: team}\ndata: {max: "${name.length}"}\n`;
  const text = fileOf(
    policy(
      'p',
      '{expression: "object.spec.replicas <= int(params.data.max)"}',
      'paramKind: {apiVersion: v1, kind: ConfigMap}',
    ),
    binding('b', 'p', 'paramRef: {selector: {}, parameterNotFoundAction: Deny}'),
    param('four'),
    param('a'),
  );
  const input = request({ object: deployment({ replicas: 2 }) });
  const decisions = evaluatePolicies(loaded(text), input);
  t.deepEqual(names(decisions), ['p b team/a', 'p b team/four']);
  t.deepEqual(
    decisions.map(({ outcome }) => outcome),
    ['fail', 'pass'],
  );
  const elsewhere = new KnownParams([], () => 'Namespaced', false);
  t.deepEqual(
    evaluatePolicies(loaded(text), input, elsewhere).map(({ outcome }) => outcome),
    ['cannotJudge'],
  );
});

test('parameters without namespace are in the one that is given', (t) => {
  const text = fileOf(
    policy(
      'p',
      '{expression: "params.data.x == \'1\'"}',
      'paramKind: {apiVersion: v1, kind: ConfigMap}',
    ),
    binding('b', 'p', 'paramRef: {name: c, parameterNotFoundAction: Deny}'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {x: "1"}\n',
  );
  const outcome = (namespace: string) =>
    evaluatePolicies(loaded(text, { namespace }), request())[0]?.outcome;
  t.is(outcome('team'), 'pass');
  t.is(outcome('other'), 'error');
});

test('integers of parameters are exact', (t) => {
  const text = fileOf(
    policy(
      'p',
      '{expression: "params.spec.max == 9007199254740993"}',
      'paramKind: {apiVersion: example.com/v1, kind: Limit}',
    ),
    binding('b', 'p', 'paramRef: {name: c, parameterNotFoundAction: Deny}'),
    'apiVersion: example.com/v1\nkind: Limit\nmetadata: {name: c}\nspec: {max: 9007199254740993}\n',
  );
  t.is(evaluatePolicies(loaded(text), request())[0]?.outcome, 'pass');
});

test('a policy for another version of the resource cannot be judged', (t) => {
  const match =
    'matchConstraints: {resourceRules: [{apiGroups: [autoscaling], apiVersions: [v1], operations: ["*"], resources: [horizontalpodautoscalers]}]}';
  const set = loaded(fileOf(policyYaml(`${match}\nvalidations: [${FALSE}]`), binding('b', 'p')));
  const input = request({
    kind: { group: 'autoscaling', version: 'v2', kind: 'HorizontalPodAutoscaler' },
    resource: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' },
  });
  t.like(verdict(evaluatePolicies(set, input), input), {
    outcome: 'cannotJudge',
    reasons: [
      'policy p: the policy asks for HorizontalPodAutoscaler of autoscaling/v1; conversion is not done here',
    ],
  });
});

test('no policy judges policies', (t) => {
  const any =
    'matchConstraints: {resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]}';
  const set = loaded(fileOf(policyYaml(`${any}\nvalidations: [${FALSE}]`), binding('b', 'p')));
  const input = request({
    kind: {
      group: 'admissionregistration.k8s.io',
      version: 'v1',
      kind: 'ValidatingAdmissionPolicy',
    },
    resource: {
      group: 'admissionregistration.k8s.io',
      version: 'v1',
      resource: 'validatingadmissionpolicies',
    },
  });
  t.deepEqual(evaluatePolicies(set, input), []);
});

test('a policy that was written wrong is left out; one that does not compile fails as the API server says', (t) => {
  const wrong = fileOf(policy('p', FALSE, 'foo: 1'), binding('b', 'p'));
  t.is(findings(wrong).length, 1);
  t.throws(() => loaded(wrong));
  const stored = fileOf(policy('p', '{expression: foo}'), binding('b', 'p'));
  const [decision] = evaluatePolicies(loaded(stored, { mode: 'stored' }), request());
  t.is(
    decision?.message,
    "compilation error: compilation failed: ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo\n | ^",
  );
});
