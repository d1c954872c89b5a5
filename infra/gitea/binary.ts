// Gitea from its Go module, at one version, kept in the user's cache: a real forge for the tests.
import {
  access,
  constants,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { withLock } from '../control-plane/lock.ts';
import { type Log, withProgress } from '../control-plane/progress.ts';
import { hostPlatform } from '../control-plane/versions.ts';
import { type Go, goCommand } from '../go-command.ts';

const VERSION = 'v1.26.0';
const MODULE = 'code.gitea.io/gitea';
/** What Gitea reads beside its program, and the styles that its own build would make of its sources. */
const ASSETS = ['templates', 'options', 'public', 'web_src/css'];

/** A folder with the program `gitea` and the folders it reads. */
export type GiteaFolder = string;

/** Returns Gitea from the cache, or builds it there first (about 12 minutes on two cores; needs Go and a C compiler). */
export async function findGitea(context: { log: Log; signal: AbortSignal }): Promise<GiteaFolder> {
  const { os, arch } = hostPlatform();
  const { cache } = envPaths('webapp-operator', { suffix: '' });
  const folder = join(cache, 'gitea', `${VERSION}-${os}-${arch}`);
  if (await isBuilt(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  return withLock(`${folder}.lock`, { ...context, purpose: 'building Gitea' }, async () => {
    if (!(await isBuilt(folder))) await build(folder, context);
    return folder;
  });
}

function isBuilt(folder: string): Promise<boolean> {
  return access(join(folder, 'gitea'), constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The folder gets its name last, so that an interrupted build is never taken for a finished one. */
async function build(folder: string, context: { log: Log; signal: AbortSignal }): Promise<void> {
  const work = await mkdtemp(`${folder}-unfinished-`);
  try {
    const go = goCommand('go', { platform: hostPlatform(), signal: context.signal });
    const what = `building Gitea ${VERSION} with Go (the first time takes about twelve minutes)`;
    const source = await withProgress(what, context.log, () => compile(work, go));
    for (const name of ASSETS) await cp(join(source, name), join(work, name), { recursive: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Returns the folder of Gitea's source. */
async function compile(work: string, go: Go): Promise<string> {
  const downloaded = JSON.parse(await go(work, 'mod', 'download', '-json', `${MODULE}@${VERSION}`));
  const theirs = await readFile(downloaded.GoMod, 'utf8');
  // The replacements in a dependency's go.mod do not count, so they are said again.
  const replacements = [...theirs.matchAll(/^replace .*$/gm)].map(([line]) => line);
  const head = `module gitea-for-tests\n\ngo 1.26.0\n\nrequire ${MODULE} ${VERSION}\n`;
  await writeFile(join(work, 'go.mod'), [head, ...replacements, ''].join('\n'));
  await writeFile(
    join(work, 'tools.go'),
    `//go:build tools\n\npackage tools\n\nimport _ "${MODULE}"\n`,
  );
  await go(work, 'mod', 'tidy');
  const flags = ['-mod=mod', '-trimpath', '-buildvcs=false', '-tags=sqlite sqlite_unlock_notify'];
  await go(
    work,
    'build',
    ...flags,
    `-ldflags=-s -w -X main.Version=${VERSION.slice(1)}`,
    '-o',
    'gitea',
    MODULE,
  );
  return downloaded.Dir;
}
