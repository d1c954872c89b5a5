// Waivers: what they are, what they excuse, and how they end.
import test from 'ava';
import {
  evaluatePolicies,
  type PolicySet,
  verdict,
  waiverProblems,
} from '../../../policies/index.ts';
import { instantAfter } from '../../../policies/vap/load/expiry.ts';
import { DEPLOYMENTS } from './judging.ts';
import { bindingYaml, fileOf, findings, loaded, policyYaml } from './policy-files.ts';
import { request } from './requests.ts';

const NOW = Date.UTC(2026, 0, 2, 12);
const SHOP = '{kind: Deployment, namespace: team, name: shop}';

const waiver = (spec: string, name = 'w') =>
  `apiVersion: example.com/v1\nkind: PolicyWaiver\nmetadata: {name: ${name}, namespace: team}\nspec:\n${spec.replace(/^/gm, '  ')}\n`;
const full = (objects: string, expires = '2026-12-31', policy = 'p') =>
  `policy: ${policy}\nobjects: [${objects}]\nreason: moving house\nowner: team@example.com\nexpires: ${expires}`;

function setOf(expression: string, ...waivers: readonly string[]): PolicySet {
  const policy = policyYaml(
    `${DEPLOYMENTS}\nvalidations: [{expression: '${expression}', message: denied}]`,
  );
  const bound = bindingYaml('policyName: p\nvalidationActions: [Deny]');
  return loaded(fileOf(policy, bound, ...waivers));
}

interface Row {
  readonly title: string;
  readonly waiver: string;
  readonly waived: boolean;
  readonly now?: number;
}

const rows: Row[] = [
  { title: 'the object', waiver: full(SHOP), waived: true },
  { title: 'of any namespace', waiver: full('{kind: Deployment, name: shop}'), waived: true },
  {
    title: 'with its apiVersion',
    waiver: full('{apiVersion: apps/v1, kind: Deployment, name: shop}'),
    waived: true,
  },
  {
    title: 'with another apiVersion',
    waiver: full('{apiVersion: apps/v2, kind: Deployment, name: shop}'),
    waived: false,
  },
  { title: 'another kind', waiver: full('{kind: WebApp, name: shop}'), waived: false },
  { title: 'another name', waiver: full('{kind: Deployment, name: shop2}'), waived: false },
  {
    title: 'another namespace',
    waiver: full('{kind: Deployment, namespace: x, name: shop}'),
    waived: false,
  },
  { title: 'another policy', waiver: full(SHOP, '2026-12-31', 'other'), waived: false },
  { title: 'the second object', waiver: full(`{kind: WebApp, name: x}, ${SHOP}`), waived: true },
  { title: 'on its last day', waiver: full(SHOP, '2026-01-02'), waived: true },
  { title: 'on the day after', waiver: full(SHOP, '2026-01-01'), waived: false },
  { title: 'until a time', waiver: full(SHOP, '"2026-01-02T13:00:00+00:30"'), waived: true },
  { title: 'after that time', waiver: full(SHOP, '"2026-01-02T13:00:00+01:00"'), waived: false },
];

for (const { title, waiver: spec, waived } of rows) {
  test(`a waiver for ${title} ${waived ? 'holds' : 'does not hold'}`, (t) => {
    const input = request({ now: NOW });
    const decisions = evaluatePolicies(setOf('false', waiver(spec)), input);
    t.deepEqual(
      decisions.map(({ outcome }) => outcome),
      [waived ? 'waived' : 'fail'],
    );
    t.is(verdict(decisions, input).outcome, waived ? 'allowed' : 'denied');
    if (waived) t.is(decisions[0]?.waiver?.name, 'w');
  });
}

test('where nobody tells the time, no waiver holds', (t) => {
  const decisions = evaluatePolicies(setOf('false', waiver(full(SHOP))), request());
  t.is(decisions[0]?.outcome, 'fail');
});

test('errors and what cannot be judged are waived, too; what passes is not', (t) => {
  const outcomes = ['object.no.x == 1', 'request.userInfo.username == "x"', 'true'].map(
    (expression) =>
      evaluatePolicies(setOf(expression, waiver(full(SHOP))), request({ now: NOW }))[0]?.outcome,
  );
  t.deepEqual(outcomes, ['waived', 'waived', 'pass']);
});

test('a waiver that is over is a finding', (t) => {
  const { waivers } = setOf('true', waiver(full(SHOP, '2026-01-01')));
  t.deepEqual(waiverProblems(waivers, [], NOW), [
    {
      path: 'p.yaml',
      line: 17,
      column: 18,
      message:
        'waiver w of policy p ended (2026-01-01); team@example.com answers for it: mend the objects or renew it',
    },
  ]);
});

test('an object that nothing had to be waived for is a warning, where it stands', (t) => {
  const set = setOf('false', waiver(full(`${SHOP}, {kind: Deployment, name: gone}`)));
  const decisions = evaluatePolicies(set, request({ now: NOW }));
  t.deepEqual(waiverProblems(set.waivers, decisions, NOW), [
    {
      path: 'p.yaml',
      line: 20,
      column: 62,
      message: 'waiver w waives nothing: policy p does not deny Deployment gone',
      severity: 'warning',
    },
  ]);
});

const wrong: { title: string; spec: string; want: readonly string[] }[] = [
  {
    title: 'nothing',
    spec: '{}',
    want: [
      'spec.policy: Required',
      'spec.objects: Required value: a waiver names its objects',
      'spec.reason: Req',
      'spec.owner: Req',
      'spec.expires: Req',
    ],
  },
  {
    title: 'a field it does not have',
    spec: `${full(SHOP)}\nforever: true`,
    want: ['spec.forever: unknown field'],
  },
  {
    title: 'an object without name',
    spec: full('{kind: Deployment}'),
    want: ['spec.objects[0].name: Required value'],
  },
  {
    title: 'a day that no calendar has',
    spec: full(SHOP, '2026-02-30'),
    want: ['spec.expires: Invalid value: "2026-02-30": must be a day'],
  },
];

for (const { title, spec, want } of wrong) {
  test(`a waiver with ${title} is refused`, (t) => {
    const found = findings(
      fileOf(policyYaml(`${DEPLOYMENTS}\nvalidations: [{expression: "true"}]`), waiver(spec)),
    );
    t.is(found.length, want.length, found.join('\n'));
    for (const text of want)
      t.true(
        found.some((each) => each.includes(text)),
        found.join('\n'),
      );
  });
}

const instants: [string, number | undefined][] = [
  ['2026-12-31', Date.UTC(2027, 0, 1)],
  ['2028-02-29', Date.UTC(2028, 2, 1)],
  ['2027-02-29', undefined],
  ['2026-12-31T12:00:00Z', Date.UTC(2026, 11, 31, 12)],
  ['2026-12-31t12:00:00.5z', Date.UTC(2026, 11, 31, 12) + 500],
  ['2026-12-31T12:00:00-02:00', Date.UTC(2026, 11, 31, 14)],
  ['2026-12-31T12:00:00', undefined],
  ['2026-13-01', undefined],
  ['31.12.2026', undefined],
  ['tomorrow', undefined],
];

for (const [text, want] of instants) {
  test(`${text} lasts until ${want ?? 'nobody knows when'}`, (t) => t.is(instantAfter(text), want));
}
