// A Gitea on loopback with one administrator, for as long as its caller lives.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Log } from '../control-plane/progress.ts';
import { freePort } from '../free-port.ts';
import { findGoFolder } from '../go-program.ts';
import { configuration } from './configuration.ts';
import { GITEA } from './program.ts';

const run = promisify(execFile);
const READY_MS = 30_000;

export interface GiteaUser {
  readonly name: string;
  /** An access token with all scopes. */
  readonly token: string;
}

export interface Gitea extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  readonly admin: GiteaUser;
  /** Folder of the styles of its pages, as sources; an older build may lack it. */
  readonly styles: string;
  addUser(name: string): Promise<GiteaUser>;
}

/** Starts Gitea on a free port and a folder of its own; webhooks to loopback are allowed. */
export async function startGitea(log?: Log): Promise<Gitea> {
  const folder = await findGoFolder(GITEA, log);
  const data = await mkdtemp(join(tmpdir(), 'webapp-gitea-'));
  const port = await freePort();
  await mkdir(join(data, 'log'));
  await writeFile(join(data, 'app.ini'), configuration({ data, port, assets: folder }));
  const command = (...args: string[]) =>
    run(join(folder, 'gitea'), ['--config', join(data, 'app.ini'), ...args], environment(data));
  await command('migrate');
  const addUser = async (name: string, ...flags: string[]): Promise<GiteaUser> => {
    const account = ['--username', name, '--email', `${name}@example.com`, '--random-password'];
    await command('admin', 'user', 'create', ...account, '--must-change-password=false', ...flags);
    const token = ['--username', name, '--token-name', 'test', '--scopes', 'all', '--raw'];
    const { stdout } = await command('admin', 'user', 'generate-access-token', ...token);
    // Warnings about its settings come on stdout, too.
    return { name, token: stdout.trim().split('\n').at(-1) ?? '' };
  };
  const admin = await addUser('dev', '--admin');
  const url = `http://127.0.0.1:${port}`;
  const child = serve(folder, data);
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(data, { recursive: true, force: true });
  };
  await untilReady(url, child).catch(async (error) => {
    await stop();
    throw error;
  });
  const styles = join(folder, 'web_src', 'css');
  return { url, admin, styles, addUser, [Symbol.asyncDispose]: stop };
}

function environment(data: string) {
  return { env: { ...process.env, HOME: data, GITEA_WORK_DIR: data } };
}

function serve(folder: string, data: string): ChildProcess {
  const args = ['--config', join(data, 'app.ini'), 'web'];
  const child = spawn(join(folder, 'gitea'), args, {
    ...environment(data),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(join(data, 'log', 'web.log'));
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });
  return child;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (
    !(await fetch(`${url}/api/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`Gitea ended with code ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`Gitea did not answer within ${READY_MS / 1000} s`);
    await sleep(100);
  }
}
