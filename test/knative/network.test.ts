import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { eventually } from '../cluster/eventually.ts';

const run = promisify(execFile);

/** One that has ended stays in the list until whoever inherited it asks. */
async function isOver(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return stat.includes(') Z');
}

test('nothing of a network outlives a process that is killed', async (t) => {
  const child = fork(join(import.meta.dirname, 'network-to-kill.ts'), { execArgv: [] });
  const [{ folder, namespace }] = (await once(child, 'message')) as [
    { folder: string; namespace: string },
  ];
  const prefix = namespace.replace(/-.*/, '');
  const left = async () => {
    const [spaces, links] = await Promise.all([
      run('ip', ['netns', 'list']),
      run('ip', ['link', 'show']),
    ]);
    return spaces.stdout.includes(prefix) || links.stdout.includes(prefix) || existsSync(folder);
  };
  const { stdout: pids } = await run('ip', ['netns', 'pids', namespace]);
  t.true(await left());
  t.regex(pids, /^\d+\n$/);
  child.kill('SIGKILL');
  await eventually('all gone', async () => !(await left()));
  await eventually('its process ended', () => isOver(pids.trim()));
  t.false(existsSync(join('/etc/netns', namespace)));
});
