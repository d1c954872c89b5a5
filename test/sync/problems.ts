// What is wrong in a repository is said with file, line and column, and holds up nothing else.
import test from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { webapp } from '../cluster/objects.ts';
import { app, type Grounds, ready, stage } from './stage.ts';

interface Wrong {
  /** Files beside good.yaml. */
  readonly files: Record<string, string>;
  /** path:line:column of each problem. */
  readonly at: readonly string[];
  readonly message: RegExp;
}

const wrongs: Record<string, Wrong> = {
  'broken YAML': {
    files: {
      'bad.yaml': 'apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: a\nspec: {}\n',
    },
    at: ['bad.yaml:4:1'],
    message: /not valid YAML/,
  },
  'a number that is too small': {
    files: { 'bad.yaml': app('a', 'a:1', '  replicas: -1\n') },
    at: ['bad.yaml:7:13'],
    message: /spec.replicas: Invalid value: -1: should be greater than or equal to 0/,
  },
  'a field that does not exist': {
    files: { 'bad.yaml': app('a', 'a:1', '  repliccas: 2\n') },
    at: ['bad.yaml:7:14'],
    message: /spec.repliccas: field not declared/,
  },
  'a value of another type': {
    files: { 'bad.yaml': app('a', 'a:1', '  replicas: two\n') },
    at: ['bad.yaml:7:13'],
    message: /expected numeric/,
  },
  'a missing image': {
    files: { 'bad.yaml': app('a').replace('image: a:1', 'replicas: 1') },
    at: ['bad.yaml:6:3'],
    message: /spec.image: Required/,
  },
  'another kind': {
    files: { 'bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' },
    at: ['bad.yaml:2:7'],
    message:
      /ConfigMap of v1 is not handled here: only WebApp .* move other files out of spec.path/,
  },
  'another version': {
    files: { 'bad.yaml': app('a').replace('/v1', '/v2') },
    at: ['bad.yaml:1:13'],
    message: /WebApp of example.com\/v2 is not handled here/,
  },
  'one WebApp in two files': {
    files: { 'x.yaml': app('a'), 'y.yaml': `---\n${app('a')}` },
    at: ['x.yaml:4:9', 'y.yaml:5:9'],
    message: /WebApp a is defined in [xy].yaml too; keep one of them/,
  },
  'another namespace': {
    files: { 'bad.yaml': app('a').replace('name: a', 'name: a\n  namespace: kube-system') },
    at: ['bad.yaml:5:14'],
    message: /lives in namespace .*; remove the namespace/,
  },
  'a label without quotes': {
    files: { 'bad.yaml': app('a').replace('name: a', 'name: a\n  labels: {team: yes}') },
    at: ['bad.yaml:5:18'],
    message: /must be a text: put it in quotes/,
  },
  'a status in a file': {
    files: { 'bad.yaml': `${app('a')}status: {phase: Ready}\n` },
    at: ['bad.yaml:7:9'],
    message: /status is written by the reconciler; remove it/,
  },
};

/** What only the real API server finds. */
const wrongToTheApiServer: Record<string, Wrong> = {
  'a rule of the schema that is broken': {
    files: { 'bad.yaml': app('a', 'a:1', '  tlsSecretName: tls\n') },
    at: ['bad.yaml:7:18'],
    message: /tlsSecretName has no effect without host/,
  },
  'a name that cannot be a Service': {
    files: { 'bad.yaml': app('1a') },
    at: ['bad.yaml:4:9'],
    message: /must start with a letter/,
  },
  'an autoscaler without a request': {
    files: { 'bad.yaml': app('a', 'a:1', '  autoscaling:\n    maxReplicas: 3\n') },
    at: ['bad.yaml:8:5'],
    message: /spec.resources.requests.cpu must be set/,
  },
  'a number without quotes in quantities': {
    files: { 'bad.yaml': app('a', 'a:1', '  resources:\n    requests:\n      cpu: 0.5\n') },
    at: ['bad.yaml:9:12'],
    message: /cpu/,
  },
};

export function problems(the: () => Grounds, name: 'fake' | 'real'): void {
  const all = { ...wrongs, ...(name === 'real' && wrongToTheApiServer) };
  for (const [title, { files, at, message }] of Object.entries(all)) {
    test(`${title} is said where it stands, and the good files are applied`, async (t) => {
      const it = await stage(the(), { 'good.yaml': app('good'), ...files });
      t.is((await it.sync()).kind, 'synced');
      t.deepEqual(await it.images(), { good: 'good:1' });
      const source = await it.source();
      t.is(ready(source), 'False InvalidManifests');
      const found = source.status.problems ?? [];
      t.deepEqual(
        found.map(({ path, line, column }) => `${path}:${line}:${column}`),
        at,
      );
      for (const problem of found) {
        t.regex(problem.message, message);
        t.notRegex(problem.message, /^:/);
      }
      t.is(source.status.lastAppliedRevision, undefined);
      t.is(source.status.lastAttemptedRevision, `main@sha1:${it.repo.first}`);
      t.true(source.status.conditions?.[0]?.message.includes(at[0] ?? 'nowhere'));

      const gone = Object.fromEntries(Object.keys(files).map((path) => [path, null]));
      await it.repo.clone.push({ ...gone, 'a.yaml': app('a', 'a:2') });
      await it.sync('changed');
      t.deepEqual(await it.images(), { a: 'a:2', good: 'good:1' });
      const mended = await it.source();
      t.is(ready(mended), 'True ReconciliationSucceeded');
      t.is(mended.status.problems, undefined);
    });
  }

  test('a file that goes back to what it was before a commit applied in part is applied', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    await it.sync();
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2'), 'b.yaml': 'kind: Job\n' });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
    await it.repo.clone.push({ 'a.yaml': app('a'), 'b.yaml': app('b', 'b:3') });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:3' });
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('a WebApp that a push puts outside the path is a warning', async (t) => {
    const it = await stage(the(), { 'apps/a.yaml': app('a') }, { path: 'apps' });
    await it.sync();
    await it.repo.clone.push({ 'aps/b.yaml': `# typo\n${app('b')}`, 'aps/c.yaml': 'kind: Job\n' });
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.images(), { a: 'a:1' });
    const source = await it.source();
    t.is(ready(source), 'True ReconciliationSucceeded');
    const [problem, ...others] = source.status.problems ?? [];
    t.deepEqual(others, []);
    t.like(problem, { path: 'aps/b.yaml', line: 2, column: 1, severity: 'warning' });
    t.regex(problem?.message ?? '', /WebApp b is outside spec.path apps .* move the file or widen/);
  });

  test('a good WebApp whose file goes wrong stays as it was', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    await it.sync();
    await it.repo.clone.push({
      'a.yaml': app('a', 'a:2', '  replicas: -1\n'),
      'b.yaml': app('b', 'b:2'),
    });
    await it.sync('changed');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:2' });
    t.is((await it.source()).status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
    await it.repo.clone.push({ 'c.yaml': app('c') });
    await it.sync('changed');
    t.is(ready(await it.source()), 'False InvalidManifests', 'a later push does not hide it');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:2', c: 'c:1' });
  });

  for (const [title, bad] of Object.entries({
    'a file is broken': 'kind: [',
    'the API server refuses one': app('bad', 'bad:1', '  replicas: -1\n'),
  })) {
    test(`an atomic source applies nothing when ${title}`, async (t) => {
      const files = { 'a.yaml': app('a'), 'old.yaml': app('old') };
      const it = await stage(the(), files, { atomic: true });
      await it.sync();
      t.deepEqual(await it.images(), { a: 'a:1', old: 'old:1' });
      const changes = { 'a.yaml': app('a', 'a:2'), 'b.yaml': app('b'), 'bad.yaml': bad };
      await it.repo.clone.push({ ...changes, 'old.yaml': null });
      await it.sync('changed');
      t.deepEqual(await it.images(), { a: 'a:1', old: 'old:1' });
      const source = await it.source();
      t.is(ready(source), 'False InvalidManifests');
      t.is(source.status.problems?.[0]?.path, 'bad.yaml');
      t.deepEqual(
        source.status.inventory?.map(({ path }) => path),
        ['a.yaml', 'old.yaml'],
      );
      await it.repo.clone.push({ 'bad.yaml': null });
      await it.sync('changed');
      t.deepEqual(await it.images(), { a: 'a:2', b: 'b:1' });
    });
  }

  test('a WebApp made by hand is not taken over until it says so', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    const theirs = webapp(it.key.namespace, 'a', { spec: { image: 'hand:1' } });
    const made = await it.bench.admin.apply(WEBAPP, theirs, {
      manager: 'kubectl',
      live: undefined,
    });
    for (const force of [undefined, 'all'] as const) {
      await it.sync(force);
      t.deepEqual(await it.images(), { b: 'b:1' });
      t.deepEqual(await it.webapp('a'), made);
      const [problem] = (await it.source()).status.problems ?? [];
      t.like(problem, { path: 'a.yaml', line: 4, column: 9 });
      t.regex(
        problem?.message ?? '',
        /was not made from Git: delete it, rename this one, or set the annotation/,
      );
    }
    const metadata = { annotations: { [ANNOTATION.adopt]: 'true' } };
    await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { metadata });
    await it.sync('all');
    t.deepEqual(await it.images(), { a: 'a:1', b: 'b:1' });
    t.is((await it.webapp('a'))?.metadata.uid, made.metadata.uid);
    t.is(ready(await it.source()), 'True ReconciliationSucceeded');
  });

  test('a WebApp made by hand in the place of one of the source is not written by a push', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    await it.sync();
    const old = await it.webapp('a');
    if (old) await it.bench.admin.delete(WEBAPP, old);
    const theirs = webapp(it.key.namespace, 'a', { spec: { image: 'hand:1' } });
    const options = { manager: 'kubectl', live: undefined };
    const made = await it.bench.admin.apply(WEBAPP, theirs, options);
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2') });
    t.is((await it.sync('changed')).kind, 'synced');
    t.deepEqual(await it.webapp('a'), made);
    const source = await it.source();
    t.is(ready(source), 'False InvalidManifests');
    t.regex(
      source.status.problems?.[0]?.message ?? '',
      /WebApp a exists and was not made from Git/,
    );
    t.is(source.status.lastAppliedRevision, `main@sha1:${it.repo.first}`);
  });
}
