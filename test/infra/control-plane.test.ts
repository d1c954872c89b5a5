import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { Agent, request } from 'undici';
import { type Binaries, findBinaries, userSources } from '../../infra/control-plane/binaries.ts';
import { logToStderr } from '../../infra/control-plane/progress.ts';
import { type ControlPlane, startControlPlane } from '../../infra/control-plane/start.ts';
import { ProcessEnded } from '../../infra/control-plane/supervision.ts';

const run = promisify(execFile);
let programs: Binaries;

test.before('the programs are there', async (t) => {
  t.timeout(30 * 60_000);
  const signal = new AbortController().signal;
  programs = await findBinaries(userSources(), { log: logToStderr, signal });
});

async function kubectl({ binaries, kubeconfig }: ControlPlane, ...args: string[]): Promise<string> {
  return (await run(binaries.kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout.trim();
}

function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

async function isGone(group: number, dir: string): Promise<boolean> {
  for (let i = 0; i < 300; i++) {
    if (!isAlive(group) && !existsSync(dir)) return true;
    await sleep(100);
  }
  return false;
}

async function withTempFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'control-plane-test-'));
  await work(folder).finally(() => rm(folder, { recursive: true }));
}

test.serial(
  'a cluster runs pods, knows its callers, keeps an audit log, and leaves nothing',
  async (t) => {
    const plane = await startControlPlane({ audit: true });
    t.is(await kubectl(plane, 'get', '--raw', '/readyz'), 'ok');

    await kubectl(plane, 'create', 'deployment', 'web', '--image=web:1', '--replicas=2');
    await kubectl(plane, 'create', 'job', 'once', '--image=once:1');
    await kubectl(plane, 'wait', '--for=condition=Available', 'deployment/web', '--timeout=60s');
    await kubectl(plane, 'wait', '--for=condition=Complete', 'job/once', '--timeout=60s');
    await kubectl(plane, 'delete', 'deployment/web', '--cascade=foreground', '--timeout=110s');

    const token = await kubectl(plane, 'create', 'token', 'default');
    const asDefault = { ...plane, kubeconfig: join(plane.dir, 'default.kubeconfig') };
    await writeFile(asDefault.kubeconfig, plane.kubeconfigFor(token, 'default'));
    t.regex(await kubectl(asDefault, 'auth', 'whoami'), /system:serviceaccount:default:default/);
    await t.throwsAsync(kubectl(asDefault, 'get', 'pods'), { message: /Forbidden/ });

    const log = (await readFile(plane.auditLog ?? '', 'utf8')).split('\n').slice(0, -1);
    const events = log.map((line) => JSON.parse(line));
    const made = ({ verb, objectRef }: { verb: string; objectRef?: { resource: string } }) =>
      verb === 'create' && objectRef?.resource === 'deployments';
    t.deepEqual(
      events.filter(made).map(({ user }) => user.username),
      ['admin'],
    );

    await plane.stop();
    t.true(await isGone(plane.group, plane.dir));
  },
);

test.serial(
  'two clusters run at once; one that loses a program says so, the other stays',
  async (t) => {
    const [one, two] = await Promise.all([
      startControlPlane({ controllers: 'none' }),
      startControlPlane({ controllers: 'none' }),
    ]);
    await using _ = one;
    t.not(one.server, two.server);

    await t.notThrowsAsync(get(one, await readFile(one.caFile, 'utf8')));
    await t.throwsAsync(get(one, await readFile(two.caFile, 'utf8')), {
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
    await t.throwsAsync(get(one), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });

    process.kill(two.group, 'SIGKILL');
    if (!two.lost.aborted) await once(two.lost, 'abort');
    t.regex(two.lost.reason.message, /^supervisor ended \(killed by SIGKILL\)/);
    t.true(await isGone(two.group, two.dir));
    t.is(await kubectl(one, 'get', '--raw', '/readyz'), 'ok');
  },
);

async function get({ server }: ControlPlane, ca?: string): Promise<void> {
  const dispatcher = new Agent({ connect: ca ? { ca } : {} });
  try {
    await (await request(`${server}/version`, { dispatcher })).body.dump();
  } finally {
    await dispatcher.destroy();
  }
}

test.serial(
  "a folder of one's own is kept and can be started again, with what was in it",
  async (t) => {
    await withTempFolder(async (dir) => {
      const first = await startControlPlane({ dir, controllers: 'none' });
      await kubectl(first, 'create', 'configmap', 'kept');
      const token = await kubectl(first, 'create', 'token', 'default');
      await first.stop();
      t.false(isAlive(first.group));

      await using second = await startControlPlane({ dir, controllers: 'none' });
      t.is(await kubectl(second, 'get', 'configmap', 'kept', '-oname'), 'configmap/kept');
      await writeFile(join(dir, 'default.kubeconfig'), second.kubeconfigFor(token, 'default'));
      const asDefault = { ...second, kubeconfig: join(dir, 'default.kubeconfig') };
      t.regex(await kubectl(asDefault, 'auth', 'whoami'), /system:serviceaccount:default:default/);
    });
  },
);

async function writeScript(folder: string, name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

test.serial('a program that ends during the start is named, with the end of its log', async (t) => {
  await withTempFolder(async (assets) => {
    await writeScript(assets, 'etcd', 'echo no space left on device; exit 3');
    const sources = { ...userSources(), assets };
    const { TMPDIR = '/tmp' } = process.env;
    t.teardown(() => {
      process.env.TMPDIR = TMPDIR;
    });
    process.env.TMPDIR = assets;

    const error = await t.throwsAsync(startControlPlane({ sources }), { instanceOf: ProcessEnded });
    t.regex(error?.message ?? '', /^etcd ended \(exit code 3\).*\nno space left on device$/s);
    t.deepEqual(await readdir(assets), ['etcd']);
  });
});

test.serial('a port that was taken in between is not the end', async (t) => {
  await withTempFolder(async (assets) => {
    const first = `mkdir ${assets}/tried && echo bind: address already in use && exit 1`;
    await writeScript(
      assets,
      'kube-apiserver',
      `${first}\nexec ${programs['kube-apiserver']} "$@"`,
    );
    const sources = { ...userSources(), assets };

    await using plane = await startControlPlane({ sources, controllers: 'none' });
    t.true(existsSync(join(assets, 'tried')));
    t.is(await kubectl(plane, 'get', '--raw', '/readyz'), 'ok');
  });
});

/** Runs a program that imports from infra/control-plane, and returns it with its first line of output. */
async function runScript(text: string): Promise<{ child: ChildProcess; line: string }> {
  const cwd = join(import.meta.dirname, '../../infra/control-plane');
  const args = ['--input-type=module', '--eval', text];
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { child, line };
}

const startAndTell = (options: string) => `
  import { startControlPlane } from './start.ts';
  const { group, dir } = await startControlPlane(${options});
  console.log(JSON.stringify({ group, dir }));`;

test.serial('nothing outlives a process that is killed', async (t) => {
  const { child, line } = await runScript(startAndTell(''));
  const { group, dir } = JSON.parse(line);
  t.true(isAlive(group));
  child.kill('SIGKILL');
  t.true(await isGone(group, dir));
});

test.serial('nothing outlives a process that is killed together with its supervisor', async (t) => {
  const { child, line } = await runScript(startAndTell('{ controllers: "none" }'));
  const { group, dir } = JSON.parse(line);
  process.kill(group, 'SIGKILL');
  child.kill('SIGKILL');
  t.true(await isGone(group, dir));
});

test.serial(
  'the cluster command says how to use it and ends on SIGTERM with nothing left',
  async (t) => {
    const { child, line } = await runScript(`
    import { runCluster } from './run-cluster.ts';
    await runCluster({ controllers: 'none' });`);
    const dir = /KUBECONFIG=(.*)\/admin.kubeconfig/.exec(line)?.[1] ?? '';
    t.true(existsSync(dir));
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    t.is(code, 0);
    t.false(existsSync(dir));
  },
);
