// Programs of a Go module, at one version, built once and kept in the user's cache: real parts for the tests.
import {
  access,
  constants,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { withLock } from './control-plane/lock.ts';
import { type Log, logToStderr, withProgress } from './control-plane/progress.ts';
import { hostPlatform } from './control-plane/versions.ts';
import { type Go, goCommand } from './go-command.ts';

/** Which program, and how its module has it built. */
export interface GoProgram {
  /** Name of its file, and of the folder in the cache. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Folder of the main package in the module, like `cmd/helm`; its root when left out. */
  readonly package?: string;
  /** Folders of several main packages, built in one go; each file gets the name of its folder. */
  readonly commands?: readonly string[];
  readonly tags?: string;
  /** Variable that upstream's build sets to the version. */
  readonly versionVariable?: string;
  /** Replacements beside those of the module's own go.mod, like `example.com/a => example.com/b v1.0.0`. */
  readonly replace?: readonly string[];
  /** How long a build takes on two cores, for whoever waits. */
  readonly takes: string;
  /** Adds what the program reads beside its file. */
  readonly furnish?: (folder: string, source: string) => Promise<void>;
}

/** Whoever waits for a build ends with the process only. */
const { signal } = new AbortController();

/** Returns the path of a program, from the cache or after a build (needs Go, for some a C compiler). */
export async function findGoProgram(program: GoProgram, log?: Log): Promise<string> {
  return join(await findGoFolder(program, log), program.name);
}

/** Returns the folder with the program, or the programs, and what they read. */
export async function findGoFolder(program: GoProgram, log: Log = logToStderr): Promise<string> {
  const { os, arch } = hostPlatform();
  const { cache } = envPaths('webapp-operator', { suffix: '' });
  const folder = join(cache, program.name, `${program.version}-${os}-${arch}`);
  const files = program.commands?.map((command) => basename(command)) ?? [program.name];
  const isBuilt = async () =>
    (await Promise.all(files.map((file) => isExecutable(join(folder, file))))).every(Boolean);
  if (await isBuilt()) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const purpose = `building ${program.name}`;
  return withLock(`${folder}.lock`, { log, signal, purpose }, async () => {
    if (!(await isBuilt())) await build(program, folder, log);
    return folder;
  });
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The folder gets its name last, so that an interrupted build is never taken for a finished one. */
async function build(program: GoProgram, folder: string, log: Log): Promise<void> {
  const { name, version, takes, furnish } = program;
  const work = await mkdtemp(`${folder}-unfinished-`);
  try {
    const go = goCommand('go', { platform: hostPlatform(), signal });
    const what = `building ${name} ${version} with Go (the first time takes ${takes})`;
    const source = await withProgress(what, log, () => compile(program, work, go));
    await furnish?.(work, source);
    // One that was built when fewer programs were asked for.
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Returns the folder of the module's source. */
async function compile(program: GoProgram, work: string, go: Go): Promise<string> {
  const { name, module, version, tags = '' } = program;
  const downloaded = JSON.parse(await go(work, 'mod', 'download', '-json', `${module}@${version}`));
  const mains = mainsOf(program);
  await writeFile(join(work, 'go.mod'), goMod(program, await readFile(downloaded.GoMod, 'utf8')));
  // `go mod tidy` keeps what some file imports, and this is the one.
  const imports = mains.map((main) => `import _ "${main}"\n`);
  const tools = `//go:build tools\n\npackage tools\n\n${imports.join('')}`;
  await writeFile(join(work, 'tools.go'), tools);
  await go(work, 'mod', 'tidy');
  const flags = ['-mod=mod', '-trimpath', '-buildvcs=false', `-tags=${tags}`];
  const output = program.commands ? './' : name;
  await go(work, 'build', ...flags, `-ldflags=${linkerFlags(program)}`, '-o', output, ...mains);
  return downloaded.Dir;
}

function mainsOf({ module, package: folder, commands }: GoProgram): string[] {
  if (commands) return commands.map((command) => `${module}/${command}`);
  return [folder ? `${module}/${folder}` : module];
}

/** The replacements in a dependency's go.mod (`theirs`) do not count, so they are said again. */
function goMod({ name, module, version, replace = [] }: GoProgram, theirs: string): string {
  const head = `module ${name}-for-tests\n\ngo 1.26.0\n\nrequire ${module} ${version}\n`;
  const own = replace.map((replacement) => `replace ${replacement}`);
  return [head, ...(theirs.match(/^replace .* => .*$/gm) ?? []), ...own, ''].join('\n');
}

function linkerFlags({ versionVariable, version }: GoProgram): string {
  return versionVariable ? `-s -w -X ${versionVariable}=${version.slice(1)}` : '-s -w';
}
