// Policies of a repository that mean harm to whoever judges by them: what cannot be judged is not applied.
import test from 'ava';
import { startTestServer } from '../helpers/git-repo.ts';
import { policyFile } from '../helpers/policy-files.ts';
import { manifest } from './manifest.ts';
import { hostileStage, ready } from './stage.ts';

let git: Awaited<ReturnType<typeof startTestServer>>;
test.before(async () => {
  git = await startTestServer();
});
test.after.always(() => git?.stop());

const text = `  env: [{name: A, value: ${'a'.repeat(20_000)}!}]\n`;
const many = `  env: [${Array.from({ length: 100 }, (_, index) => `{name: A${index}, value: x}`).join(', ')}]\n`;

/** The expression of each policy, and the WebApp that it is asked of. */
const cases: Record<string, { expression: string; more?: string; doubled?: boolean }> = {
  'S39 a pattern that backtracks is matched in linear time': {
    expression: "object.spec.env[0].value.matches('^(a+)+$')",
    more: text,
  },
  'S39 a pattern of nested repetitions is refused': {
    expression: "object.spec.env[0].value.matches('^((a{1,100}){1,100}){1,100}$')",
    more: text,
  },
  'S40 loops within loops run out of their budget': {
    expression:
      "object.spec.env.all(a, object.spec.env.all(b, object.spec.env.all(c, a.name + b.name + c.name != '')))",
    more: many,
  },
  'S40 a text that doubles runs out of its budget': {
    expression: 'variables.v29.size() > 0',
    more: text,
    doubled: true,
  },
  'S41 an error at run time denies': { expression: 'object.spec.env[7].value == "x"', more: text },
  'S41 a field that is missing denies': { expression: 'object.spec.hosts[0] == "x"' },
  'S41 what is no boolean denies': { expression: "'true'" },
  'S41 an unknown function denies': { expression: 'object.spec.shell("id") == "root"' },
  'S42 constructor is no field': { expression: 'dyn(object).constructor != null' },
  'S42 __proto__ is no field': { expression: "dyn(object)['__proto__'] != null" },
  'S42 no method of JavaScript can be called': {
    expression: "object.metadata.name.constructor('x') != null",
  },
};

const MAX_MS = 3_000;

for (const [title, { expression, more = '', doubled }] of Object.entries(cases)) {
  test.serial(title, async (t) => {
    const variables = Array.from({ length: 30 }, (_, index) => {
      const before = index === 0 ? 'object.spec.env[0].value' : `variables.v${index - 1}`;
      return `  - {name: v${index}, expression: "${before} + ${before}"}`;
    });
    const policy = policyFile({
      name: 'hostile',
      expression: JSON.stringify(expression),
      ...(doubled && { more: ['variables:', ...variables] }),
    });
    await using repo = await git.make({
      'apps/a.yaml': manifest('a', more),
      'policies/p.yaml': policy,
    });
    using stage = await hostileStage();
    const start = process.cpuUsage();
    const source = await stage.follow(repo.url, { path: 'apps', policies: { path: 'policies' } });
    const { user, system } = process.cpuUsage(start);
    t.deepEqual(await stage.webapps(), [], ready(source));
    t.regex(JSON.stringify(source.status.problems), /hostile|policies\/p\.yaml/);
    t.true((user + system) / 1_000 < MAX_MS, `${(user + system) / 1_000} ms`);
    t.false('polluted' in {});
    const [first] = source.status.problems ?? [];
    t.log(`${((user + system) / 1_000).toFixed(0)} ms: ${first?.message.slice(0, 160)}`);
  });
}

test.serial(
  'S42 the same within reason is allowed: it is not the form that is refused',
  async (t) => {
    const policy = policyFile({
      name: 'fine',
      expression: JSON.stringify("object.metadata.name.matches('^(a+)+$')"),
    });
    await using repo = await git.make({ 'apps/a.yaml': manifest('a'), 'policies/p.yaml': policy });
    using stage = await hostileStage();
    t.regex(
      ready(await stage.follow(repo.url, { path: 'apps', policies: { path: 'policies' } })),
      /^True/,
    );
    t.deepEqual(await stage.webapps(), ['a']);
  },
);
