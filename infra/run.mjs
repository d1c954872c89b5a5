// Runs one of the project's TypeScript files on the Node that package.json pins, after installing what
// is missing. Plain JavaScript without dependencies: the Node that starts it may be 20 and the folder bare.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.installed-from');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error(
    '► installing packages (npm ci, 600 MB, a minute or two); once, and after package-lock.json changes',
  );
  const install = spawnSync('npm', ['ci', '--loglevel=error', '--no-progress'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (install.status !== 0) {
    console.error('✗ npm ci failed; its message is above. Nothing was started.');
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

const [script, ...args] = process.argv.slice(2);
const bin = join(root, 'node_modules', '.bin');
const child = spawn(join(bin, 'node'), [join(root, script), ...args], {
  // The channel tells the child when this process is gone, even by SIGKILL ('disconnect').
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
});

// The terminal sends Ctrl-C to the whole group; a service manager signals this process alone.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => {});
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
