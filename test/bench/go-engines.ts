// The Go program beside this file, built into the user's cache, as two more engines.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';
import { type Log, withProgress } from '../../infra/control-plane/progress.ts';
import { hostPlatform } from '../../infra/control-plane/versions.ts';
import { goCommand } from '../../infra/go-command.ts';
import type { Engine, Verdict } from './engine.ts';

const SOURCE = fileURLToPath(new URL('cel-go/', import.meta.url));

interface Answer extends Partial<Verdict> {
  readonly perSecond?: number;
  readonly error?: string;
}

/** The API server's code and plain cel-go, in one process of their own. */
export interface GoEngines extends AsyncDisposable {
  readonly apiServer: Engine;
  readonly plain: Engine;
}

/** Starts the program, which is built before where the cache does not have it (about three minutes; needs Go). */
export async function startGoEngines(context: {
  log: Log;
  signal: AbortSignal;
}): Promise<GoEngines> {
  const program = new GoProgram(await findProgram(context));
  return {
    apiServer: engineOf('apiserver', program),
    plain: engineOf('plain', program),
    [Symbol.asyncDispose]: () => program.end(),
  };
}

/** The name is that of the source and of all versions it is built from, so nothing stale is ever used. */
async function findProgram(context: { log: Log; signal: AbortSignal }): Promise<string> {
  const { os, arch } = hostPlatform();
  const { cache } = envPaths('webapp-operator', { suffix: '' });
  const path = join(cache, 'bench', `cel-go-${await sourceDigest()}-${os}-${arch}`);
  if (await isExecutable(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}-unfinished-${process.pid}`;
  const go = goCommand('go', { platform: hostPlatform(), signal: context.signal });
  try {
    await withProgress('building cel-go with the API server’s libraries', context.log, () =>
      go(SOURCE, 'build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', unfinished, '.'),
    );
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return path;
}

async function sourceDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum', 'main.go']) hash.update(await readFile(SOURCE + name));
  return hash.digest('hex').slice(0, 16);
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Answers one request after the other. */
class GoProgram {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(path: string) {
    const process = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = process;
    this.#answers = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  async ask(request: object): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the Go program ended');
    const answer: Answer = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  async end(): Promise<void> {
    const exit = once(this.#process, 'exit');
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await exit;
  }
}

function engineOf(engine: string, program: GoProgram): Engine {
  const count = async (request: object) =>
    (await program.ask({ engine, ...request })).perSecond as number;
  return {
    name: engine,
    knows: () => true,
    verdict: async (expression, json) => {
      const object = JSON.parse(json);
      return (await program.ask({ engine, expression, object })) as Verdict;
    },
    evaluations: (expression, json, milliseconds) =>
      count({ count: 'evaluations', expression, object: JSON.parse(json), milliseconds }),
    compilations: (expression, milliseconds) =>
      count({ count: 'compilations', expression, object: {}, milliseconds }),
    readings: (json, milliseconds) =>
      count({ count: 'reading', object: JSON.parse(json), milliseconds }),
  };
}
