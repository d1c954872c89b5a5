import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { findNpmTool } from '../../infra/npm-tool.ts';

/** A tool without packages, so that nothing is downloaded, in a cache of its own. */
async function open(t: ExecutionContext, lock: object = { lockfileVersion: 3, packages: {} }) {
  const root = await mkdtemp(join(tmpdir(), 'webapp-npm-tool-'));
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = join(root, 'cache');
  t.teardown(async () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    await rm(root, { recursive: true });
  });
  const folder = join(root, 'tool');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"name":"tool","private":true}');
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const said: string[] = [];
  const log = (line: string) => void said.push(line);
  return { tool: { name: 'tool', folder, takes: 'no time' }, log, said };
}

test.serial('a tool is installed once for each lock file', async (t) => {
  const { tool, log, said } = await open(t);
  const first = await findNpmTool(tool, log);
  t.is(await readFile(join(first, 'package.json'), 'utf8'), '{"name":"tool","private":true}');
  t.is(await findNpmTool(tool, log), first);
  t.is(said.length, 1);
  await writeFile(join(tool.folder, 'package-lock.json'), '{"lockfileVersion":3,"packages":{} }');
  t.not(await findNpmTool(tool, log), first);
});

test.serial(
  'what it is built with, and is not there, is named before anything is begun',
  async (t) => {
    const { tool, log, said } = await open(t);
    await t.throwsAsync(
      findNpmTool(
        { ...tool, builtWith: { programs: ['sh', 'no-such-program'], debian: 'p' } },
        log,
      ),
      {
        message:
          /^tool is built with sh, no-such-program; not on this machine: no-such-program\. .* install p$/,
      },
    );
    t.deepEqual(said, []);
  },
);

test.serial(
  'an installation that fails says why, and leaves nothing that looks finished',
  async (t) => {
    const { tool, log } = await open(t, { lockfileVersion: 'none' });
    await writeFile(join(tool.folder, 'package.json'), '{"dependencies":{"x":"1.0.0"}}');
    await t.throwsAsync(findNpmTool(tool, log), { message: /^npm ci failed for tool: / });
    await t.throwsAsync(findNpmTool(tool, log), { message: /^npm ci failed for tool: / });
  },
);
