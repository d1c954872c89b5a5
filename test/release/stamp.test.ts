// The step of the release that stamps its version, as the workflow has it, on a copy of the project; then what is built of it.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { load } from 'js-yaml';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const WORKFLOW = join(ROOT, '.github', 'workflows', 'release.yml');
const PARTS = ['package.json', 'package-lock.json', 'functions', 'gitops', 'policies', 'infra'];

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
}

let workflow: Workflow;
let folder: string;

test.before(async () => {
  workflow = load(await readFile(WORKFLOW, 'utf8')) as Workflow;
  folder = await mkdtemp(join(tmpdir(), 'webapp-release-'));
  for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
test.after.always(() => rm(folder, { recursive: true, force: true }));

const stepsOf = (job: string) => workflow.jobs[job]?.steps ?? [];
const stampOf = (job: string) => stepsOf(job).find(({ id }) => id === 'stamp')?.run ?? '';

/** Runs the step as GitHub does, for a tag of a repository; returns its outputs. */
async function stamp(tag: string, repository: string): Promise<string> {
  const outputs = join(folder, 'outputs');
  await writeFile(outputs, '');
  const { PATH, HOME } = process.env;
  const of = { GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: repository, GITHUB_OUTPUT: outputs };
  const env = { PATH, HOME, ...workflow.env, ...of };
  await run('bash', ['-e', '-c', stampOf('image')], { cwd: folder, env });
  return readFile(outputs, 'utf8');
}

const read = (file: string) => readFile(join(folder, file), 'utf8');
const CHART = ['Chart.yaml', 'values.yaml', 'README.md'].map((name) => `infra/chart/${name}`);
const texts = () => Promise.all(['package.json', ...CHART].map(read));

test('each job stamps what it builds, before it builds it', (t) => {
  for (const [job, builds] of [
    ['image', ({ uses = '' }: Step) => uses.startsWith('docker/build-push-action@')],
    ['chart', ({ run: line = '' }: Step) => line.includes('helm package')],
    ['bundle', ({ run: line = '' }: Step) => line.endsWith('build')],
  ] as const) {
    t.is(stampOf(job), stampOf('image'), job);
    const [stamps, built] = [
      stepsOf(job).findIndex(({ id }) => id === 'stamp'),
      stepsOf(job).findIndex(builds),
    ];
    t.true(0 < stamps && stamps < built, job);
  }
});

test.serial('a tag that is no version is refused, and nothing is written', async (t) => {
  const before = await texts();
  for (const tag of ['v1.2', '1.2.3', 'v1.2.3+4', 'v1.2.3-$(id)', 'v1.2.3|x'])
    await t.throwsAsync(stamp(tag, 'acme/fleet'), { code: 2, message: /must be like v1\.2\.3/ });
  t.deepEqual(await texts(), before);
});

test.serial('a line that is not there is named, and nothing is written', async (t) => {
  const values = await read('infra/chart/values.yaml');
  const without = values.replace(/^ {2}tag: .*$/m, '  label: "1"');
  await writeFile(join(folder, 'infra/chart/values.yaml'), without);
  const before = await texts();
  await t.throwsAsync(stamp('v9.8.7', 'acme/fleet'), { message: /values\.yaml has 0 lines .*tag/ });
  t.deepEqual(await texts(), before);
  await writeFile(join(folder, 'infra/chart/values.yaml'), values);
});

test.serial('the version of the tag is that of all that is built', async (t) => {
  const told = await stamp('v9.8.7-rc.1', 'Acme/Fleet');
  t.is(told, 'version=9.8.7-rc.1\nimage=ghcr.io/acme/fleet\n');
  t.like(load(await read('infra/chart/Chart.yaml')), {
    version: '9.8.7-rc.1',
    appVersion: '9.8.7-rc.1',
  });
  t.like(load(await read('infra/chart/values.yaml')), {
    image: { registry: 'ghcr.io', repository: 'acme/fleet', tag: '9.8.7-rc.1', digest: '' },
  });
  const table = await read('infra/chart/README.md');
  for (const row of ['registry` | `ghcr.io`', 'repository` | `acme/fleet`', 'tag` | `9.8.7-rc.1`'])
    t.true(table.includes(`| \`image.${row} |`), row);
  await run('node', ['infra/build.ts'], { cwd: folder });
  const { stdout } = await run('node', [join(folder, 'dist', 'webapp.cjs'), '--version']);
  t.is(stdout, '9.8.7-rc.1\n');
  for (const name of ['container', 'lambda'])
    t.true((await read(`dist/${name}.cjs`)).includes('9.8.7-rc.1'), name);
});
