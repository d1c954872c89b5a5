import { randomUUID } from 'node:crypto';
import { lstat, lutimes, readlink, rm, symlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './progress.ts';

const beatMs = 5_000;
const staleMs = 30_000;

/** How a lock is waited for: `purpose` names what the other process is doing, in a line to `log`. */
export interface LockOptions {
  purpose: string;
  log: Log;
  signal: AbortSignal;
}

/**
 * Runs `work` while no other process runs work under the same path; returns its result.
 * Saves double work, and no more: a lock whose process is dead or stopped is taken over, so `work` must
 * stay right when two run at once. Throws the signal's reason when aborted while waiting.
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const token = `${process.pid}-${randomUUID()}`;
  await acquire(path, token, options);
  const beat = setInterval(() => void touch(path), beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await removeIfHeldBy(path, token);
  }
}

async function acquire(path: string, token: string, { purpose, log, signal }: LockOptions) {
  let told = false;
  while (!(await tryAcquire(path, token))) {
    signal.throwIfAborted();
    if (await takeOverIfStale(path)) continue;
    if (!told) log(`► waiting for another process that is ${purpose}`);
    told = true;
    await sleep(500, undefined, { signal }).catch(() => {});
  }
}

/** A symlink is made with its content in one step, so that a lock never lacks its owner. */
async function tryAcquire(path: string, token: string): Promise<boolean> {
  try {
    await symlink(token, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function takeOverIfStale(path: string): Promise<boolean> {
  const owner = await readlink(path).catch(() => undefined);
  if (owner === undefined) return true;
  const age = Date.now() - ((await lstat(path).catch(() => undefined))?.mtimeMs ?? 0);
  if (isAlive(Number.parseInt(owner, 10)) && age < staleMs) return false;
  await removeIfHeldBy(path, owner);
  return true;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await lutimes(path, now, now).catch(() => {});
}

async function removeIfHeldBy(path: string, token: string): Promise<void> {
  const owner = await readlink(path).catch(() => undefined);
  if (owner === token) await rm(path, { force: true });
}
