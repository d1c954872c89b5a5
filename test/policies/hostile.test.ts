// Policies and objects made to stop the one who judges by them, or to be let through by what is not there. Each is
// refused or stopped at once, and none ever passes.
import test from 'ava';
import {
  type Decision,
  evaluatePolicies,
  loadPolicies,
  type Problem,
  type Verdict,
  verdict,
} from '../../policies/index.ts';
import { parseYaml } from '../../policies/yaml.ts';
import { bindingYaml, fileOf, MATCH, policyYaml } from './vap/policy-files.ts';

/** Of processor time, so that a busy machine fails nothing. Measured are a few milliseconds. */
const MAX_MS = 1_000;

const TEXT = `${'a'.repeat(50_000)}!`;
const ITEMS = Array.from({ length: 200 }, (_, index) => `item-${index}`);
const MEGABYTES_5 = 5 * 1024 * 1024;

/** `__proto__` as JSON and YAML have it: a key like any other. */
const OBJECT = JSON.parse(
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', namespace: 'default', labels: { a: 'b' } },
    data: { text: TEXT, short: 'ab' },
    items: ITEMS,
  }),
);

interface Judged {
  readonly problems: readonly Problem[];
  readonly decisions: readonly Decision[];
  readonly verdict: Verdict;
  readonly ms: number;
}

function judge(file: string, object: Record<string, unknown> = OBJECT): Judged {
  const start = process.cpuUsage();
  const { policies, problems } = loadPolicies([{ path: 'p.yaml', text: file }]);
  const input = {
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    object,
    oldObject: null,
  } as const;
  const decisions = evaluatePolicies(policies, input);
  const answer = verdict(decisions, input);
  const { user, system } = process.cpuUsage(start);
  return { problems, decisions, verdict: answer, ms: (user + system) / 1_000 };
}

function policy(spec: string): string {
  return fileOf(
    policyYaml(`${MATCH}\n${spec}`),
    bindingYaml('policyName: p\nvalidationActions: [Deny]'),
  );
}

const validation = (expression: string, more = '') =>
  policy(`validations:\n  - expression: ${JSON.stringify(expression)}\n${more}`);

/** A value that is added to itself forty times over. */
const doubling = (first: string) => {
  const variables = Array.from({ length: 40 }, (_, index) => {
    const before = index === 0 ? first : `variables.v${index - 1}`;
    return `  - {name: v${index}, expression: "${before} + ${before}"}`;
  });
  return policy(
    `variables:\n${variables.join('\n')}\nvalidations: [{expression: variables.v39.size() > 0}]`,
  );
};

const LAUGHS = Array.from({ length: 30 }, (_, index) =>
  index === 0 ? 'a0: &a0 [x, x]' : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
).join('\n');

const nested = ([open, close]: readonly [string, string], inner: string, times: number) =>
  `${open.repeat(times)}${inner}${close.repeat(times)}`;

/** What each is, and its file. */
const ROWS: readonly (readonly [string, () => string])[] = [
  ['a pattern that backtracks', () => validation("object.data.text.matches('(a+)+$')")],
  [
    'a pattern of nested repetitions',
    () => validation("object.data.text.matches('^((a{1,100}){1,100}){1,100}$')"),
  ],
  ['a pattern from the object', () => validation('object.data.text.matches(object.data.text)')],
  [
    'three nested loops over 200 elements',
    () =>
      validation("object.items.all(a, object.items.all(b, object.items.all(c, a + b + c != '')))"),
  ],
  [
    'loops over what loops make',
    () =>
      validation(
        'object.items.map(a, object.items.map(b, object.items)).map(x, x.map(y, y.map(z, z))).size() > 0',
      ),
  ],
  ['__proto__', () => validation('object.__proto__ != null')],
  ['a field of __proto__', () => validation("object.metadata.labels.__proto__.constructor == 'x'")],
  ['constructor', () => validation('object.metadata.constructor != null')],
  [
    'constructor by index',
    () => validation("object['constructor'] != null && object['__proto__'] != null"),
  ],
  [
    'whether there is a prototype',
    () =>
      validation(
        "has(object.constructor) || has(object.metadata.labels.toString) || 'hasOwnProperty' in object.data",
      ),
  ],
  [
    'methods of JavaScript',
    () => validation("object.data.short.constructor('x') || object.items.push('y')"),
  ],
  ['a text that doubles forty times', () => doubling('object.data.short')],
  ['a list that doubles forty times', () => doubling('object.items')],
  ['bytes that double forty times', () => doubling('bytes(dyn(object.data.text))')],
  ['variables that use the one before twice', () => doubling('object.missing')],
  [
    'lists that are added in a loop',
    () =>
      validation(
        'object.items.all(a, object.items.all(b, (object.items + object.items).size() > 0))',
      ),
  ],
  [
    'a text that doubles in a loop',
    () =>
      validation(
        "object.items.map(x, object.data.text + object.data.text + object.data.text).join('').size() > 0",
      ),
  ],
  [
    'a replacement that grows',
    () => validation("object.data.text.replace('a', object.data.text).size() > 0"),
  ],
  ['ten thousand brackets', () => validation(nested(['(', ')'], 'true', 10_000))],
  ['ten thousand lists', () => validation(`${nested(['[', ']'], '', 10_000)} != []`)],
  ['ten thousand signs', () => validation(`${'!'.repeat(9_999)}true`)],
  ['ten thousand choices', () => validation(`object.a${'.a'.repeat(10_000)} == 1`)],
  [
    'ten thousand conditions',
    () => validation(`${'true ? '.repeat(10_000)}true${' : false'.repeat(10_000)}`),
  ],
  ['a literal of 5 MB', () => validation(`'${'a'.repeat(MEGABYTES_5)}' != ''`)],
  ['a number of 100 000 digits', () => validation(`${'9'.repeat(100_000)} > 0`)],
  ['a range of a milliard', () => validation('lists.range(1000000000).size() > 0')],
  [
    'a format of a milliard digits',
    () => validation("'%.1000000000f'.format([1.0]).size() > 1000000"),
  ],
  [
    'a messageExpression of 5 MB',
    () => validation('false', `    messageExpression: "'${'a'.repeat(MEGABYTES_5)}'"\n`),
  ],
  [
    'a messageExpression that never ends',
    () =>
      validation(
        'false',
        "    messageExpression: \"object.items.map(a, object.items.map(b, object.items.map(c, a + b + c).join('')).join('')).join('')\"\n",
      ),
  ],
  ['an alias bomb in place of a policy', () => `${LAUGHS}\n`],
  [
    'an alias bomb within a policy',
    () => `${policyYaml(`${MATCH}\nvalidations: [{expression: "true"}]`)}${LAUGHS}\n`,
  ],
  ['a thousand levels of YAML', () => `a: ${nested(['[', ']'], '', 1_000)}\n`],
  [
    'a thousand validations',
    () => policy(`validations: [${'{expression: "false"},'.repeat(1_000)}]`),
  ],
];

for (const [title, make] of ROWS) {
  test(title, (t) => {
    const file = make();
    const { problems, decisions, verdict: answer, ms } = judge(file);
    const refused = problems.some(({ severity }) => severity === undefined);
    t.true(refused || answer.outcome === 'denied', JSON.stringify(answer).slice(0, 300));
    t.deepEqual(
      decisions.filter(({ outcome }) => outcome === 'pass'),
      [],
    );
    t.true(ms < MAX_MS, `${ms} ms`);
    const [problem] = problems;
    const told = refused ? `refused: ${problem?.message}` : `stopped: ${decisions[0]?.message}`;
    t.log(`${ms.toFixed(1)} ms, ${told.slice(0, 120)}`);
  });
}

test('a message of 5 MB is replaced by that of the policy', (t) => {
  const long = { ...OBJECT, data: { text: 'a'.repeat(MEGABYTES_5) } };
  const file = validation('false', '    message: short\n    messageExpression: object.data.text\n');
  const { verdict: answer, decisions, ms } = judge(file, long);
  t.is(answer.outcome, 'denied');
  t.is(decisions[0]?.message, 'short');
  t.true(ms < MAX_MS);
  t.log(`${ms.toFixed(1)} ms`);
});

test('an object with __proto__ of its own is judged by it, and changes no other', (t) => {
  const file = parseYaml(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: default}\n__proto__: {polluted: yes}\nconstructor: {prototype: {polluted: yes}}\n',
    'o.yaml',
  );
  if (file.kind === 'broken') return t.fail(file.problem.message);
  const object = file.documents[0]?.value as Record<string, unknown>;
  const { verdict: answer } = judge(validation("object['__proto__'].polluted != true"), object);
  t.is(answer.outcome, 'denied');
  t.false('polluted' in {});
  t.is(Object.getPrototypeOf(object), Object.prototype);
});

test('the same within reason passes: it is not the form that is refused', (t) => {
  const fine = [
    "!object.data.text.matches('(a+)+$')",
    'object.items.all(a, object.items.exists(b, a == b))',
    '(((((((true)))))))',
    "'__proto__' != 'constructor' && !('__proto__' in object.metadata.labels)",
  ];
  for (const each of fine) t.is(judge(validation(each)).verdict.outcome, 'allowed', each);
});
