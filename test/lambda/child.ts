import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A process, and what its output told once it was ready. */
export interface Child {
  readonly process: ChildProcess;
  readonly told: string;
  /** All that it has written so far, a line each. */
  readonly lines: readonly string[];
}

/** How it is started; `ready` is what a line says once it can be used; without it that is at once. */
export interface ChildWish {
  readonly command: readonly string[];
  /** Its whole environment but for PATH. */
  readonly env: Readonly<Record<string, string>>;
  readonly ready?: RegExp;
  readonly options?: SpawnOptions;
  readonly readyMs?: number;
}

const READY_MS = 60_000;

/** Starts a process and returns when it is ready; throws with all its output when it ends before. */
export async function startChild({
  command: [program = '', ...args],
  env,
  ready,
  options,
  readyMs = READY_MS,
}: ChildWish): Promise<Child> {
  const child = spawn(program, args, {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env } },
    ...options,
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const lines: string[] = [];
  const told = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`${program} ${args.join(' ')} ${why}:\n${lines.join('\n')}`));
    setTimeout(fail, readyMs, 'was not ready in time').unref();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as Readable }).on('line', (line) => {
        lines.push(line);
        const match = ready?.exec(line);
        if (match) resolve(match[1] ?? '');
      });
    }
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`));
    child.once('spawn', () => ready ?? resolve(''));
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return { process: child, told, lines };
}
