// `npm run check`: lint with the arrow, types, generated files.
import { spawnSync } from 'node:child_process';
import { scriptCommand } from './script-command.ts';

const CHECKS: readonly [name: string, command: string, ...args: string[]][] = [
  ['lint and the arrow between folders', 'biome', 'check', '--error-on-warnings'],
  ['types', 'tsc', '--noEmit'],
  ['generated files are those that would be generated', 'node', 'infra/generate.ts', '--check'],
];

scriptCommand('npm run check', 'Lint, types and generated files; writes nothing.').parse();
for (const [name, command, ...args] of CHECKS) {
  console.log(`► ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
console.log('✔ clean');
