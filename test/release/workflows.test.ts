// The workflows, as the linter of GitHub's expressions and fields reads them, and the rules of our own.
import { execFile } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { load } from 'js-yaml';
import { ACTIONLINT } from '../../infra/actionlint/program.ts';
import { findGoProgram } from '../../infra/go-program.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, '.github', 'workflows');

/** A job of the matrix in proofs.yml. */
interface Proof {
  readonly proof: string;
  readonly minutes: number;
  readonly options: string;
}

interface Job {
  readonly permissions?: object;
  readonly uses?: string;
  readonly 'timeout-minutes'?: number | string;
  readonly strategy?: { readonly matrix: { readonly include?: readonly Proof[] } };
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

async function workflows(): Promise<[string, Workflow][]> {
  const names = await readdir(FOLDER);
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(FOLDER, name), 'utf8');
      return [name, load(text) as Workflow] as [string, Workflow];
    }),
  );
}

test('actionlint finds nothing', async (t) => {
  const program = await findGoProgram(ACTIONLINT);
  const files = (await readdir(FOLDER)).map((name) => join(FOLDER, name));
  const { stdout } = await run(program, ['-no-color', ...files]);
  t.is(stdout, '');
});

/** Returns how long the job, or each of its matrix, may take; none where another workflow says so. */
function minutesOf({ uses, strategy, 'timeout-minutes': minutes }: Job): number[] {
  if (uses !== undefined) return [];
  const isOfMatrix = typeof minutes === 'string';
  return isOfMatrix
    ? (strategy?.matrix.include ?? []).map((one) => one.minutes)
    : [Number(minutes)];
}

test('a workflow may only read unless a job says more, and every job ends', async (t) => {
  for (const [name, { permissions, jobs }] of await workflows()) {
    t.deepEqual(permissions, { contents: 'read' }, name);
    for (const [id, job] of Object.entries(jobs))
      for (const minutes of minutesOf(job)) t.true(minutes > 0 && minutes <= 60, `${name} ${id}`);
  }
});

test('the scripts and files that workflows name are there', async (t) => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const [name, { jobs }] of await workflows()) {
    const lines = Object.values(jobs).flatMap(({ steps = [] }) => steps.map((step) => step.run));
    for (const line of lines) {
      const [, script] = /npm run (?:--silent )?([\w:]+)/.exec(line ?? '') ?? [];
      if (script) t.true(script in scripts, `${name}: npm run ${script}`);
    }
  }
  await t.notThrowsAsync(access(join(ROOT, 'infra', 'image', 'Dockerfile')));
});

const PROOFS = ['faults', 'soak', 'outages', 'retries', 'memory', 'fuzz', 'oracle'];

test('each long proof is run, with options that it has', async (t) => {
  const { jobs, on } = Object.fromEntries(await workflows())['proofs.yml'] as Workflow;
  t.deepEqual(Object.keys(on as object), ['schedule', 'workflow_dispatch']);
  const { include = [] } = jobs.proof?.strategy?.matrix ?? {};
  t.deepEqual(
    include.map(({ proof }) => proof),
    PROOFS,
  );
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const { proof, options } of include) {
    const source = await readFile(join(ROOT, scripts[proof].split(' ')[2]), 'utf8');
    for (const [, option = ''] of options.matchAll(/--(\w+)/g))
      t.regex(source, new RegExp(`--${option} <|\\b${option}: \\{ type`), `${proof} --${option}`);
  }
});

test('an untrusted text never gets into a script', async (t) => {
  for (const [name, { jobs }] of await workflows())
    for (const { steps = [] } of Object.values(jobs))
      for (const { run: script = '' } of steps) t.notRegex(script, /\$\{\{/, name);
});
