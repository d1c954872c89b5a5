// A Pushgateway on loopback that keeps nothing on disk, for as long as its caller lives.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, logToStderr } from '../control-plane/progress.ts';
import { freePort } from '../free-port.ts';
import { findPushgateway } from './binary.ts';

const READY_MS = 30_000;

export interface RunningPushgateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  readonly process: ChildProcess;
}

/** Starts one and returns when it answers; on a free port, or on `port` to take the place of another. */
export async function startPushgateway(
  port?: number,
  log: Log = logToStderr,
): Promise<RunningPushgateway> {
  const program = await findPushgateway({ log, signal: new AbortController().signal });
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const child = spawn(program, [`--web.listen-address=${address}`, '--log.level=warn'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  const url = `http://${address}`;
  await untilReady(url, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, process: child, [Symbol.asyncDispose]: stop };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`it did not answer within ${READY_MS / 1000} s`);
    await sleep(50);
  }
}
