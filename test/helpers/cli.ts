// `webapp ...` as a person at a terminal runs it.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import pLimit from 'p-limit';

const CLI = join(import.meta.dirname, '..', '..', 'functions', 'cli.ts');

/** AVA begins all tests of a file at once, and each process takes a whole core to start. */
const running = pLimit(2);

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder, with a text as its standard input, and returns what it printed. */
export function webapp(cwd: string, args: readonly string[], input = ''): Promise<Ran> {
  return running(() => run(cwd, args, input));
}

async function run(cwd: string, args: readonly string[], input: string): Promise<Ran> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd });
  const exited = new Promise<number | null>((done) => child.once('close', done));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited,
  ]);
  return { code, stdout, stderr };
}

/** Makes a folder of these files that goes with the test. */
export async function folderOf(
  t: ExecutionContext,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-cli-'));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}
