// Every script of package.json helps when it is asked to, and refuses what it does not know before it does anything.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import manifest from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const TIMEOUT_MS = 90_000;

/** All but the tiers, which are `test` with other files, and osls, whose arguments are those of another program. */
const NAMES = Object.keys(manifest.scripts).filter(
  (name) => !name.startsWith('test:') && name !== 'osls',
);

/** Runs the file of a script. Whoever starts what he was not asked to is ended after a while, and has no exit code. */
async function start(name: string, args: readonly string[]) {
  const command: string = manifest.scripts[name as keyof typeof manifest.scripts];
  const file = command.split(' ')[2] ?? '';
  const of = { cwd: ROOT, timeout: TIMEOUT_MS };
  return run(process.execPath, [file, ...args], of).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

for (const name of NAMES) {
  test.serial(`npm run ${name} -- --help, and with an option that nobody knows`, async (t) => {
    const helped = await start(name, ['--help']);
    t.is(helped.code, 0, helped.stderr);
    t.regex(helped.stdout, /^Usage: /);
    const refused = await start(name, ['--nonsense']);
    t.is(refused.code, 2, refused.stderr);
    t.regex(refused.stderr, /^error: unknown option '--nonsense'$/m);
    t.is(refused.stdout, '');
  });
}

const WRONG: readonly [name: string, args: readonly string[], says: RegExp][] = [
  ['cluster', ['now'], /too many arguments/],
  ['start', ['--timeout', '0'], /'0' is invalid.* must be a number above 0/],
  ['start', ['--timeout'], /argument missing/],
  ['test', ['--timeout=long'], /'long' is invalid.* must be like 30s or 5m/],
  ['fuzz', ['--minutes', 'a few'], /'a few' is invalid.* must be a number above 0/],
  ['fuzz', ['--seed', '1.5'], /'1\.5' is invalid.* must be a whole number/],
  ['faults', ['--parallel', '0'], /'0' is invalid.* must be above 0/],
  ['faults', ['--plan', 'flood@create'], /'flood@create' is invalid.* must be fault@step/],
  ['oracle', ['--cases', '1e99'], /'1e99' is invalid.* must be a whole number/],
  ['oracle', ['--only', 'packs,all'], /'packs,all' is invalid.* must be a list of/],
  ['soak', ['--percent', 'many'], /'many' is invalid.* must be a whole number/],
  ['memory', ['--pace', '0'], /'0' is invalid.* must be a number above 0/],
  ['bench:cel', ['--rounds', '0'], /'0' is invalid.* must be above 0/],
];

for (const [name, args, says] of WRONG) {
  test.serial(`npm run ${name} -- ${args.join(' ')} is refused`, async (t) => {
    const { code, stderr, stdout } = await start(name, args);
    t.is(code, 2, stderr);
    t.regex(stderr, says);
    t.is(stdout, '');
  });
}
