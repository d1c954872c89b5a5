// `webapp review --live`: what a real cluster holds, told beside the verdict and never part of it.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { type ReviewOptions, reviewCommand } from '../../functions/review/review-command.ts';
import { CHILD_KINDS, WEBAPP } from '../../gitops/kinds.ts';
import { desiredChildren } from '../../gitops/reconcile/children.ts';
import type { Report } from '../../gitops/review/report.ts';
import { OPERATOR, SOURCE_MANAGER, type WebApp } from '../../gitops/webapp.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { refusing } from '../helpers/functions-api-server.ts';

const run = promisify(execFile);
const file = (name: string, replicas: number) =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: ${name}}\nspec: {image: "a/b:1", replicas: ${replicas}}\n`;

/** Reviews a change of shop from 3 to 5 replicas and of cart from 1 to 2. */
async function review(options: Partial<ReviewOptions>): Promise<{ code: number; report: Report }> {
  const root = await mkdtemp(join(tmpdir(), 'webapp-live-'));
  for (const [side, shop, cart] of [
    ['base', 3, 1],
    ['head', 5, 2],
  ] as const) {
    await mkdir(join(root, side));
    await writeFile(join(root, side, 'shop.yaml'), file('shop', shop));
    await writeFile(join(root, side, 'cart.yaml'), file('cart', cart));
  }
  const output = join(root, 'report.json');
  const code = await reviewCommand({
    ...{ base: join(root, 'base'), head: join(root, 'head'), repository: root, path: '.' },
    ...{ namespace: 'default', output: [`json=${output}`], failOn: 'deny' },
    ...options,
  });
  const report = JSON.parse(await readFile(output, 'utf8'));
  await rm(root, { recursive: true });
  return { code, report: { ...report, base: '', head: '' } };
}

/** Applies a WebApp as a sync does, and its children as a visit does. */
async function apply({ admin: { cluster } }: TestCluster, namespace: string, replicas: number) {
  const { apiVersion, kind } = WEBAPP;
  const spec = { image: 'a/b:1', replicas };
  const webapp = { apiVersion, kind, metadata: { name: 'shop', namespace }, spec };
  const live = await cluster.apply(WEBAPP, webapp, { manager: SOURCE_MANAGER, live: undefined });
  for (const child of desiredChildren(live as WebApp)) {
    const of = CHILD_KINDS.find((one) => one.kind === child.kind);
    if (of) await cluster.apply(of, child, { manager: OPERATOR, live: undefined });
  }
}

test('review --live: a WebApp scaled by hand is told with who did it, one that is missing as missing', async (t) => {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  await apply(cluster, namespace, 3);
  const kubectl = (...args: string[]) =>
    run(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, '-n', namespace, ...args]);
  await kubectl('scale', 'deployment', 'shop', '--replicas=7');
  const { kubeconfig } = cluster;
  const { code, report } = await review({ live: true, kubeconfig, namespace });
  t.is(code, 0);
  const { drift, ...rest } = report;
  t.like(drift, [
    { subject: { kind: 'WebApp', name: 'cart' }, isMissing: true, fields: [] },
    {
      subject: { kind: 'Deployment', name: 'shop' },
      fields: [{ path: 'spec.replicas', before: '3', after: '7', by: 'kubectl' }],
    },
  ]);
  t.is(drift?.length, 2);
  const { report: blind } = await review({ namespace });
  t.deepEqual(rest, blind, 'without a cluster it says the same but for that');
});

test('review --live: a cluster that is away is told of, and the verdict stands', async (t) => {
  await using away = await refusing();
  const folder = await mkdtemp(join(tmpdir(), 'webapp-live-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, away.kubeConfig.exportConfig());
  const { code, report } = await review({ live: true, kubeconfig });
  await rm(folder, { recursive: true });
  t.is(code, 0);
  t.is(report.conclusion, 'passed');
  t.is(report.drift, undefined);
  t.truthy(report.driftUnseen);
  t.log(report.driftUnseen);
});
