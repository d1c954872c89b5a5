// npm packages that only some tests need, too heavy for everybody's node_modules: installed once, by their own lock file,
// into the user's cache.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import envPaths from 'env-paths';
import { withLock } from './control-plane/lock.ts';
import { type Log, logToStderr, withProgress } from './control-plane/progress.ts';
import { hostPlatform } from './control-plane/versions.ts';

const run = promisify(execFile);

/** A folder with a package.json and its lock file, and what installing it takes. */
export interface NpmTool {
  readonly name: string;
  readonly folder: string;
  /** How long it takes on two cores, for whoever waits. */
  readonly takes: string;
  /** Programs that its packages are built with, and the Debian packages that have them. */
  readonly builtWith?: { readonly programs: readonly string[]; readonly debian: string };
}

/** Whoever waits for an installation ends with the process only. */
const { signal } = new AbortController();

/** Returns the folder whose node_modules has the packages, from the cache or after an installation. */
export async function findNpmTool(tool: NpmTool, log: Log = logToStderr): Promise<string> {
  const lock = await readFile(join(tool.folder, 'package-lock.json'));
  const version = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const { os, arch } = hostPlatform();
  const { cache } = envPaths('webapp-operator', { suffix: '' });
  const folder = join(cache, tool.name, `${version}-${os}-${arch}`);
  if (await isThere(folder)) return folder;
  await needPrograms(tool);
  await mkdir(dirname(folder), { recursive: true });
  const purpose = `installing ${tool.name}`;
  return withLock(`${folder}.lock`, { log, signal, purpose }, async () => {
    if (!(await isThere(folder))) await install(tool, folder, log);
    return folder;
  });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** npm would say it after minutes, in a log of hundreds of lines. */
async function needPrograms({ name, builtWith }: NpmTool): Promise<void> {
  const { programs, debian } = builtWith ?? { programs: [], debian: '' };
  const missing: string[] = [];
  for (const program of programs) await run('which', [program]).catch(() => missing.push(program));
  if (missing.length > 0)
    throw new Error(
      `${name} is built with ${programs.join(', ')}; not on this machine: ${missing.join(', ')}. On Debian: apt-get install ${debian}`,
    );
}

/** The folder gets its name last, so that an interrupted installation is never taken for a finished one. */
async function install(tool: NpmTool, folder: string, log: Log): Promise<void> {
  const work = await mkdtemp(`${folder}-unfinished-`);
  try {
    for (const file of ['package.json', 'package-lock.json'])
      await cp(join(tool.folder, file), join(work, file));
    const what = `installing ${tool.name} with npm (the first time takes ${tool.takes})`;
    const options = { cwd: work, maxBuffer: 2 ** 26 };
    await withProgress(what, log, () => run('npm', ['ci', '--no-audit', '--no-fund'], options));
    await rename(work, folder);
  } catch (cause) {
    throw failed(tool, cause as { stderr?: string });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function failed({ name }: NpmTool, cause: { stderr?: string }): Error {
  const end = cause.stderr?.trim().split('\n').slice(-10).join('\n');
  return new Error(`npm ci failed for ${name}: ${end ?? cause}`, { cause });
}
