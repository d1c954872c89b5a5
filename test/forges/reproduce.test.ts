// What the comment says to type, typed into a clone, gives what the comment says.
import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type { Report } from '../../gitops/review/report.ts';
import { folderOf } from '../helpers/cli.ts';
import { cloneRepository } from '../helpers/git-repo.ts';
import { startGithub } from './github-server.ts';
import { GithubState, PERSON_TOKEN } from './github-state.ts';
import { KEEP, POLICY, reviewStage, webapp } from './stage.ts';

const CLI = join(import.meta.dirname, '..', '..', 'functions', 'cli.ts');

/** Only for what the source `odd` brings. */
const OF_ODD = POLICY.replaceAll('few-replicas', 'odd-replicas')
  .replace('<= 10', '<= 20')
  .replace('at most ten', 'odd ones have at most twenty')
  .replace(
    'matchConstraints:',
    'matchConstraints:\n    objectSelector: {matchLabels: {webapps.example.com/source: odd}}',
  );

const odd = (url: string, apiUrl: string) => `---
apiVersion: example.com/v1
kind: WebAppSource
metadata: {name: odd, namespace: shop}
spec:
  url: ${url}
  path: it's odd
  prune: false
  policies: {path: policies}
  review: {forge: github, apiURL: "${apiUrl}"}
`;

/** A folder with `webapp` in it, for a PATH. */
async function programs(t: ExecutionContext): Promise<string> {
  const folder = await folderOf(t, {});
  const script = `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@" -o json\n`;
  await writeFile(join(folder, 'webapp'), script);
  await chmod(join(folder, 'webapp'), 0o755);
  return folder;
}

test('the commands of a comment, run in a clone, find what the comment tells, for each source', async (t) => {
  const state = new GithubState();
  const github = await startGithub(state);
  t.teardown(() => github[Symbol.dispose]());
  const files = {
    ...{ 'apps/shop.yaml': webapp('shop', 3), "it's odd/cart.yaml": webapp('cart', 3) },
    ...{ 'apps/gone.yaml': webapp('gone', 1), "it's odd/stays.yaml": webapp('stays', 1) },
    ...{ 'policies/few.yaml': POLICY, 'policies/odd.yaml': OF_ODD, 'policies/keep.yaml': KEEP },
  };
  const options = { forge: 'github', token: PERSON_TOKEN, apiUrl: github.url, files } as const;
  const it = await reviewStage(t, { ...options, others: (url) => odd(url, github.url) });
  const changed = {
    'apps/shop.yaml': webapp('shop', 12),
    "it's odd/cart.yaml": webapp('cart', 30),
    ...{ 'apps/gone.yaml': null, "it's odd/stays.yaml": null },
  };
  state.pulls.push(await it.propose(1, changed));
  await it.opened(1);
  const { body = '' } = state.comments[0] ?? {};
  t.regex(body, /4 denied/);

  const [, script = ''] = /```sh\n([\s\S]*?)\n```/.exec(body) ?? [];
  t.log(script);
  await using clone = await cloneRepository(it.url);
  const found: Report['findings'][number][] = [];
  const PATH = `${await programs(t)}:${process.env.PATH}`;
  for (const line of script.split('\n')) {
    const ran = promisify(execFile)('sh', ['-c', line], {
      cwd: clone.folder,
      env: { ...process.env, PATH },
    });
    const { stdout } = await ran.catch((error: { stdout: string }) => error);
    if (stdout) found.push(...(JSON.parse(stdout) as Report).findings);
  }
  const told = found.map(({ place, message }) => `${place?.path}:${place?.line} ${message}`);
  t.deepEqual(told.sort(), [
    'apps/gone.yaml:4 it is to be kept',
    'apps/shop.yaml:7 at most ten replicas',
    "it's odd/cart.yaml:7 at most ten replicas",
    "it's odd/cart.yaml:7 odd ones have at most twenty replicas",
  ]);
  for (const { place, message } of found) {
    t.true(body.includes(`${place?.path}:${place?.line}`));
    t.true(body.includes(message));
  }
});
