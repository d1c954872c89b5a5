// Expressions that do not compile: the very character in the file, as the API server's checker sees it.
import test from 'ava';
import { codeFrame, loadPolicies } from '../../../policies/index.ts';
import { findings, MATCH, policyYaml } from './policy-files.ts';

const QUANTITY = "- {name: q, expression: quantity('1')}";
const rows: { title: string; spec: string; want: readonly string[] }[] = [
  {
    title: 'plain',
    spec: 'validations:\n- expression: object.a == foo',
    want: ["7:29: spec.validations[0].expression: undeclared reference to 'foo' (in container '')"],
  },
  {
    title: 'in a literal block',
    spec: 'validations:\n- expression: |\n    object.a == 1 &&\n      foo',
    want: ["9:9: spec.validations[0].expression: undeclared reference to 'foo' (in container '')"],
  },
  {
    title: 'in a folded block',
    spec: 'validations:\n- expression: >-\n    object.a == 1 &&\n    foo',
    want: ["9:7: spec.validations[0].expression: undeclared reference to 'foo' (in container '')"],
  },
  {
    title: 'in quotes with escapes',
    spec: 'validations:\n- expression: "object.a == \\"x\\" && foo"',
    want: ["7:39: spec.validations[0].expression: undeclared reference to 'foo' (in container '')"],
  },
  {
    title: 'all that is wrong at once',
    spec: 'validations:\n- expression: foo == bar\n- expression: object.',
    want: [
      "7:17: spec.validations[0].expression: undeclared reference to 'foo' (in container '')",
      "7:24: spec.validations[0].expression: undeclared reference to 'bar' (in container '')",
      '8:24: spec.validations[1].expression: Syntax error: ',
    ],
  },
  {
    title: 'dyn is not bool',
    spec: 'validations:\n- expression: object.spec.enabled',
    want: ['7:17: spec.validations[0].expression: must evaluate to bool but got dyn'],
  },
  {
    title: 'a message is a string',
    spec: 'validations:\n- {expression: "true", messageExpression: "object.a"}',
    want: ['7:46: spec.validations[0].messageExpression: must evaluate to string but got dyn'],
  },
  {
    title: 'a message asks no authorizer',
    spec: 'validations:\n- {expression: "true", messageExpression: "string(authorizer == null)"}',
    want: ["spec.validations[0].messageExpression: undeclared reference to 'authorizer'"],
  },
  {
    title: 'params without paramKind',
    spec: 'validations:\n- expression: params.a == 1',
    want: ["7:17: spec.validations[0].expression: undeclared reference to 'params'"],
  },
  {
    title: 'params with paramKind',
    spec: 'paramKind: {apiVersion: v1, kind: ConfigMap}\nvalidations:\n- expression: params.a == 1',
    want: [],
  },
  {
    title: 'a variable knows those before it, with their types',
    spec: "variables:\n- {name: a, expression: variables.b}\n- {name: b, expression: '1'}\n- {name: c, expression: variables.b}\nvalidations:\n- expression: variables.c == 'x'",
    want: [
      "7:36: spec.variables[0].expression: undefined field 'b'",
      "11:29: spec.validations[0].expression: found no matching overload for '_==_' applied to '(int, string)'",
    ],
  },
  {
    title: 'a quantity in a variable is dyn',
    spec: `variables:\n${QUANTITY}\nvalidations:\n- expression: variables.q == 1`,
    want: [],
  },
  {
    title: 'no variables in a policy without',
    spec: 'validations:\n- expression: variables.a == 1',
    want: ["7:17: spec.validations[0].expression: undeclared reference to 'variables'"],
  },
  {
    title: 'no variables in match conditions',
    spec: 'variables: [{name: a, expression: "true"}]\nmatchConditions: [{name: m, expression: variables.a}]\nvalidations:\n- expression: variables.a',
    want: ["spec.matchConditions[0].expression: undeclared reference to 'variables'"],
  },
  {
    title: 'a function of the newest release is not yet for policies that are written',
    spec: 'validations:\n- expression: "[1].includes(1)"',
    want: ["7:30: spec.validations[0].expression: undeclared reference to 'includes'"],
  },
  {
    title: 'a variable that does not compile is of any type where it is used',
    spec: 'variables:\n- {name: x, expression: "[1].includes(1)"}\nvalidations:\n- expression: variables.x.getHost() == object.a',
    want: ["7:40: spec.variables[0].expression: undeclared reference to 'includes'"],
  },
];

for (const { title, spec, want } of rows) {
  test(title, (t) => {
    const found = findings(policyYaml(`${MATCH}\n${spec}`));
    t.is(found.length, want.length, found.join('\n'));
    for (const text of want) {
      t.true(
        found.some((each) => each.includes(text)),
        found.join('\n'),
      );
    }
  });
}

test('a policy that a cluster has stored may use the newest functions', (t) => {
  const text = policyYaml(`${MATCH}\nvalidations:\n- expression: "[1].includes(1)"`);
  t.deepEqual(findings(text, { mode: 'stored' }), []);
});

test('what does not compile in a stored policy is a warning, as it only fails when it is evaluated', (t) => {
  const text = policyYaml(`${MATCH}\nvalidations:\n- expression: foo`);
  t.deepEqual(findings(text, { mode: 'stored' }), [
    "7:17: W spec.validations[0].expression: undeclared reference to 'foo' (in container '')",
  ]);
});

test('a finding tells how long its part is, for a frame', (t) => {
  const text = policyYaml(`${MATCH}\nvalidations:\n- expression: |\n    object.a ==\n      foo`);
  const [problem] = loadPolicies([{ path: 'p.yaml', text }]).problems;
  t.is(
    problem && codeFrame(text, problem, problem.length),
    '  7 |   - expression: |\n  8 |       object.a ==\n> 9 |         foo\n    |         ^^^',
  );
});
