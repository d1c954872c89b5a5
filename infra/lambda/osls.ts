// `npm run osls -- package`, `npm run osls -- deploy`: the bundle is built, then osls does what it is told with serverless.yml.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeBundles } from '../bundle.ts';
import { findNpmTool } from '../npm-tool.ts';
import { OSLS } from './tools.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Starts osls with these arguments. The first time it is installed, which takes a minute. */
export async function startOsls(
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess> {
  const folder = await findNpmTool(OSLS);
  const program = join(folder, 'node_modules', 'serverless', 'bin', 'serverless.js');
  return spawn(process.execPath, [program, ...args], options);
}

if (import.meta.main) {
  await writeBundles(join(ROOT, 'dist'));
  const child = await startOsls(process.argv.slice(2), { cwd: ROOT, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exit(Number(code ?? 1));
}
