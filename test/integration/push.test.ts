// A push and what follows, through every real part: Git over HTTP, webhook, relay, functions, cluster.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import type { RunningPart } from '../../infra/local/parts.ts';
import { eventually } from '../cluster/eventually.ts';
import { isReady, manifest, startProduct } from './product.ts';

const container = (deployment: unknown) =>
  (deployment as { spec: { template: { spec: { containers: { image: string }[] } } } })?.spec
    .template.spec.containers[0];
const replicas = (object: unknown) =>
  (object as { spec: { replicas: number } } | undefined)?.spec.replicas;

function kill(part: RunningPart): void {
  const pid = part.pid();
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

test.serial('one push that scales, changes an image, adds and deletes', async (t) => {
  t.timeout(180_000);
  const product = await startProduct(t, {
    'apps/scaled.yaml': manifest('scaled', { image: 'nginx:1.27', replicas: 1 }),
    'apps/renewed.yaml': manifest('renewed', { image: 'nginx:1.27' }),
    'apps/dropped.yaml': manifest('dropped', { image: 'nginx:1.27' }),
  });
  const { get, repository } = product;
  await product.settled(repository.first);

  const commit = await repository.clone.push({
    'apps/scaled.yaml': manifest('scaled', { image: 'nginx:1.27', replicas: 3 }),
    'apps/renewed.yaml': manifest('renewed', { image: 'nginx:1.29' }),
    'apps/dropped.yaml': null,
    'apps/added.yaml': manifest('added', { image: 'nginx:1.29', port: 8080 }),
  });
  const start = performance.now();
  await eventually('all four in the Deployments', async () => {
    const [scaled, renewed, added] = await Promise.all(
      ['scaled', 'renewed', 'added'].map((name) => get(DEPLOYMENT, name)),
    );
    return (
      replicas(scaled) === 3 && container(renewed)?.image === 'nginx:1.29' && added !== undefined
    );
  });
  t.log(`Deployments changed ${Math.round(performance.now() - start)} ms after the push`);
  await product.settled(commit);
  t.log(`all Ready ${Math.round(performance.now() - start)} ms after the push`);
  t.is(await get(WEBAPP, 'dropped'), undefined);
  await eventually(
    'the Deployment of the dropped WebApp collected',
    async () => (await get(DEPLOYMENT, 'dropped')) === undefined,
  );
});

test.serial(
  'the functions killed again and again: all pushes arrive, nothing is made twice',
  async (t) => {
    t.timeout(180_000);
    const product = await startProduct(t, {
      'apps/first.yaml': manifest('first', { image: 'nginx:1.27' }),
    });
    const { repository, parts, get } = product;
    await product.settled(repository.first);
    const uid = (await get(DEPLOYMENT, 'first'))?.metadata.uid;
    let commit = '';
    for (let round = 1; round <= 6; round++) {
      commit = await repository.clone.push({
        'apps/first.yaml': manifest('first', { image: 'nginx:1.27', replicas: round }),
        [`apps/app-${round}.yaml`]: manifest(`app-${round}`, { image: 'nginx:1.27' }),
      });
      // Each round dies at another point of webhook, sync, reconcile and status.
      await sleep(round * 40);
      kill(parts.functions);
    }
    await product.settled(commit);
    await eventually(
      'the last push in the Deployment',
      async () => replicas(await get(DEPLOYMENT, 'first')) === 6,
    );
    t.is((await get(DEPLOYMENT, 'first'))?.metadata.uid, uid);
    for (let round = 1; round <= 6; round++) {
      t.truthy(await get(DEPLOYMENT, `app-${round}`), `app-${round}`);
    }
  },
);

test.serial('the relay killed: what changed meanwhile is found by the next one', async (t) => {
  t.timeout(180_000);
  const product = await startProduct(t, { 'apps/a.yaml': manifest('a', { image: 'nginx:1.27' }) });
  const { repository, parts, cluster, namespace, get } = product;
  await product.settled(repository.first);
  kill(parts.relay);
  const live = await get(WEBAPP, 'a');
  t.truthy(live);
  if (!live) return;
  await cluster.admin.cluster.patch(WEBAPP, live, {
    type: 'merge',
    fields: { spec: { replicas: 2 } },
  });
  const deployment = await get(DEPLOYMENT, 'a');
  if (deployment) await cluster.admin.cluster.delete(DEPLOYMENT, deployment);
  await eventually(
    'the Deployment back, with 2 replicas',
    async () => replicas(await get(DEPLOYMENT, 'a')) === 2,
  );
  await eventually('Ready', async () => {
    const webapp = await cluster.admin.cluster.get(WEBAPP, { namespace, name: 'a' });
    return isReady(webapp as Parameters<typeof isReady>[0]);
  });
});
