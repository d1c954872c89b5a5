// Runs the control plane's processes in a session of its own, so that the terminal's Ctrl-C reaches none
// of them, and ends them in the right order when its parent says so or is gone, even by SIGKILL.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ended, Launch } from './supervision.ts';

const graceMs = 5_000;

const [dir = '', whenDone = ''] = process.argv.slice(2);
const guard = startGuard();
const running = new Map<string, ChildProcess>();
let stopping = false;

process.on('message', launch);
process.on('disconnect', stop);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop);

/** A shell that clears away when this process is killed: its input ends with whoever holds the other end. */
function startGuard(): ChildProcess {
  const script = 'read _; kill -9 -"$1"; [ "$3" = keep ] || rm -rf "$2"';
  const args = ['-c', script, 'guard', String(process.pid), dir, whenDone];
  return spawn('sh', args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
}

function launch({ name, file, args }: Launch): void {
  if (stopping) return;
  const log = openSync(join(dir, 'logs', `${name}.log`), 'w', 0o600);
  const child = spawn(file, args, { cwd: dir, stdio: ['ignore', log, log] });
  closeSync(log);
  running.set(name, child);
  const ended = (how: string) => {
    running.delete(name);
    report({ name, how });
  };
  child.once('error', (error) => ended(error.message));
  child.once('exit', (code, signal) => ended(signal ? `killed by ${signal}` : `exit code ${code}`));
}

function report(message: Ended): void {
  // The parent may be gone at any moment; 'disconnect' says so.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // Without etcd kube-apiserver would hang for more than a minute, holding its port.
  const etcd = running.get('etcd');
  await Promise.all([...running.values()].filter((child) => child !== etcd).map(end));
  if (etcd) await end(etcd);
  if (whenDone === 'remove') await rm(dir, { recursive: true, force: true });
  guard.kill('SIGKILL');
  process.exit();
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
