// Questions to the authorizer: all but the decision can be told.
import test from 'ava';
import { CannotJudge } from '../../../policies/cel/lib/kubernetes/authorizer.ts';
import { evaluate, evaluateKubernetesCases } from './kubernetes-cases.ts';

test('questions are those of the API server, with the costs of an authorizer that allows all', (t) => {
  evaluateKubernetesCases(t, './authorizer.json');
});

const allowed = 'authorizer.path("/").check("get").allowed()';

const undecided = [
  allowed,
  `!${allowed}`,
  `${allowed} || false`,
  `${allowed} ? 1 : 1`,
  `[${allowed}]`,
  `authorizer.group("").resource("pods").check("get").reason()`,
  `authorizer.requestResource.check("get").error() == ""`,
  `[1, 2].all(x, ${allowed} || x == 1)`,
];

for (const expression of undecided) {
  test(`cannot judge ${expression}`, (t) => {
    t.true(evaluate(expression).value instanceof CannotJudge);
  });
}

const decided: [expression: string, want: boolean][] = [
  [`${allowed} || true`, true],
  [`false && ${allowed}`, false],
  [`[1, 2].exists(x, ${allowed} || x == 2)`, true],
];

for (const [expression, want] of decided) {
  test(`needs no decision for ${expression}`, (t) => {
    t.is(evaluate(expression).value, want);
  });
}
