import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Go, goCommand } from '../go-command.ts';
import { type GoModule, goModules } from './go-modules.ts';
import { withProgress } from './progress.ts';
import type { BinaryName } from './versions.ts';
import type { Workshop } from './workshop.ts';

/**
 * Builds the missing programs from their Go modules at the pinned versions and keeps each in the cache.
 * Throws with the end of Go's own output when Go is not installed or a build fails.
 */
export async function buildBinaries(
  missing: readonly BinaryName[],
  command: string,
  workshop: Workshop,
): Promise<void> {
  const go = goCommand(command, workshop);
  for (const module of goModules) {
    const names = missing.filter((name) => module.packages[name]);
    if (names.length === 0) continue;
    const what = `building ${names.join(', ')} ${module.version} with Go`;
    const hint = module.siblings ? ' (the first time takes about ten minutes)' : '';
    const folder = await mkdtemp(join(workshop.folder, 'build-'));
    await withProgress(what + hint, workshop.log, () => buildModule({ module, names, folder, go }));
    for (const name of names) await workshop.keep(name, join(folder, builtName(module, name)));
  }
}

interface Job {
  module: GoModule;
  names: readonly BinaryName[];
  folder: string;
  go: Go;
}

/** One call of Go for all programs of a module: they share most of their packages. */
async function buildModule({ module, names, folder, go }: Job): Promise<void> {
  await writeFile(join(folder, 'go.mod'), await goMod(module, folder, go));
  const stamps = Object.entries(module.stamps).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ['-mod=mod', '-trimpath', '-buildvcs=false', `-ldflags=-s -w ${stamps.join(' ')}`];
  const packages = names.map((name) => module.packages[name] ?? '');
  await go(folder, 'build', ...flags, '-o', `${folder}/`, ...packages);
}

/** Go names a program after the last part of its import path that is not a major version. */
function builtName({ packages }: GoModule, name: BinaryName): string {
  return basename((packages[name] ?? '').replace(/\/v\d+$/, ''));
}

/**
 * The replacements in a dependency's go.mod do not count, so the siblings' versions are said here: required,
 * to be the ones that the programs report, and replaced, because a version v0.0.0 exists nowhere.
 */
async function goMod({ path, version, siblings }: GoModule, folder: string, go: Go) {
  const head = `module control-plane\n\ngo 1.26.0\n\nrequire ${path} ${version}\n`;
  if (!siblings) return head;
  const { GoMod } = JSON.parse(await go(folder, 'mod', 'download', '-json', `${path}@${version}`));
  const theirs = await readFile(GoMod, 'utf8');
  const names = theirs.matchAll(/^\s*(\S+) v0\.0\.0$/gm);
  const lines = [...names].map(
    ([, name]) => `require ${name} ${siblings}\nreplace ${name} => ${name} ${siblings}\n`,
  );
  return head + lines.join('');
}
