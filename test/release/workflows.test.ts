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

interface Job {
  readonly permissions?: object;
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
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

test('a workflow may only read unless a job says more, and every job ends', async (t) => {
  for (const [name, { permissions, jobs }] of await workflows()) {
    t.deepEqual(permissions, { contents: 'read' }, name);
    for (const [id, job] of Object.entries(jobs))
      t.true(job.uses !== undefined || Number(job['timeout-minutes']) <= 60, `${name} ${id}`);
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

test('an untrusted text never gets into a script', async (t) => {
  for (const [name, { jobs }] of await workflows())
    for (const { steps = [] } of Object.values(jobs))
      for (const { run: script = '' } of steps) t.notRegex(script, /\$\{\{/, name);
});
