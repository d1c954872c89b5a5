// `npm start` as a newcomer and a script see it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { NAMESPACE } from '../../gitops/kinds.ts';
import { eventually } from '../cluster/eventually.ts';
import { testCluster } from '../helpers/control-plane.ts';
import { cloneRepository } from '../helpers/git-repo.ts';

const START = join(import.meta.dirname, '..', '..', 'infra', 'local', 'start.ts');

interface Started {
  readonly child: ChildProcess;
  readonly state: string;
  output(): string;
  ended(): Promise<number | null>;
}

interface Summary {
  readonly seconds: Record<string, number>;
  readonly git: string;
  readonly functions: string;
  readonly pids: Record<string, number>;
}

async function start(t: ExecutionContext, ...args: string[]): Promise<Started> {
  const state = await mkdtemp(join(tmpdir(), 'webapp-state-'));
  t.teardown(() => rm(state, { recursive: true }));
  const child = spawn(process.execPath, [START, '--state', state, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill());
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const exit = once(child, 'exit');
  return { child, state, output: () => text, ended: async () => (await exit)[0] };
}

async function summaryOf({ state }: Started): Promise<Summary> {
  return JSON.parse(await readFile(join(state, 'summary.json'), 'utf8'));
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

test.serial(
  '--once ends with 0 when all is Ready, names each step with its seconds, and leaves nothing behind',
  async (t) => {
    t.timeout(240_000);
    const started = await start(t, '--once');
    t.is(await started.ended(), 0, started.output());
    for (const step of [
      /Kubernetes v/,
      /CRDs and rights/,
      /functions at/,
      /relay/,
      /Git server/,
      /hello: 2 of 2 pods/,
      /all 3 WebApps are Ready/,
    ]) {
      t.regex(started.output(), new RegExp(`✔.*${step.source}.* \\d+\\.\\d s`));
    }
    const { seconds, pids } = await summaryOf(started);
    t.true((seconds.allReady ?? 0) > 0);
    t.false(Object.values(pids).some(isAlive));
  },
);

test.serial(
  'it goes on until it is interrupted: a push is told, a killed part is started again, Ctrl-C ends all',
  async (t) => {
    t.timeout(240_000);
    const started = await start(t);
    const isTold = () => started.output().includes('git clone');
    await eventually('the way to try it is told', isTold, 150_000);
    const { git, pids } = await summaryOf(started);
    await using clone = await cloneRepository(git);
    process.kill(pids.functions ?? 0, 'SIGKILL');
    const file = join(clone.folder, 'apps', 'hello.yaml');
    const text = await readFile(file, 'utf8');
    await clone.push({ 'apps/hello.yaml': text.replace('replicas: 2', 'replicas: 4') });
    await eventually('the push arrived', () =>
      started.output().includes('hello: 4 of 4 pods are ready'),
    );
    t.regex(started.output(), /functions died; started again/);
    await clone.push({ 'apps/hello.yaml': text.replace('replicas: 2', 'replicas: 50') });
    const denial =
      "✗ apps/hello.yaml:7:13: ValidatingAdmissionPolicy 'replica-bounds' with binding 'replica-bounds' denied request: replicas must be <= 10 (is 50)";
    await eventually('the denial is told with its line', () => started.output().includes(denial));
    t.regex(started.output(), /fetched and applied .*: 3 WebApps but for 1 problem /);
    t.notRegex(started.output(), /hello: Deployment with 50/);
    started.child.kill('SIGINT');
    t.is(await started.ended(), 0, started.output());
    await eventually('no part is left', () => !isAlive(pids.relay ?? 0));
  },
);

test.serial(
  'a named cluster is used, said so before it is touched, and left as it was',
  async (t) => {
    t.timeout(240_000);
    const { caFile, kubeconfig: given, admin } = await testCluster();
    // Many kubeconfigs name the file of the certificate rather than hold it.
    const config = JSON.parse(await readFile(given, 'utf8'));
    config.clusters[0].cluster = {
      server: config.clusters[0].cluster.server,
      'certificate-authority': caFile,
    };
    const folder = await mkdtemp(join(tmpdir(), 'webapp-kubeconfig-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, JSON.stringify(config));
    const started = await start(t, '--once', '--kubeconfig', kubeconfig, '--namespace', 'borrowed');
    t.is(await started.ended(), 0, started.output());
    t.regex(started.output(), /^► using the cluster of context/);
    await eventually(
      'its namespace is gone',
      async () =>
        (await admin.cluster.get(NAMESPACE, { namespace: '', name: 'borrowed' })) === undefined,
    );
    const crds = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      plural: 'customresourcedefinitions',
    };
    t.truthy(
      await admin.cluster.get(crds, { namespace: '', name: 'webapps.example.com' }),
      'what was there stays',
    );
  },
);

test.serial('what cannot be started says why', async (t) => {
  const started = await start(t, '--once', '--kubeconfig', '/nowhere/kubeconfig');
  t.is(await started.ended(), 1);
  t.regex(started.output(), /✗ there is no kubeconfig at \/nowhere\/kubeconfig/);
});
