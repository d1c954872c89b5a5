// A server of somebody else's as a process on loopback, for as long as its caller lives.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 30_000;

export interface LoopbackServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  readonly process: ChildProcess;
}

/** How to start it, and which path under `url` answers with 2xx once it is ready. */
export interface Start {
  readonly program: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly readyPath: string;
}

/** Starts it and returns when it is ready; throws when it ends or is not ready within half a minute. */
export async function startServer(start: Start): Promise<LoopbackServer> {
  const { program, args, url } = start;
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  await untilReady(start, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, process: child, [Symbol.asyncDispose]: stop };
}

async function untilReady({ program, url, readyPath }: Start, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  const isReady = () =>
    fetch(`${url}${readyPath}`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    const code = child.exitCode ?? child.signalCode;
    if (code !== null) throw new Error(`${program} ended with ${code}`);
    if (Date.now() > deadline) throw new Error(`${program} was not ready within 30 s`);
    await sleep(50);
  }
}
