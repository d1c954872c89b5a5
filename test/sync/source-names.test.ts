// The name of a WebAppSource is a label of all its WebApps.
import test from 'ava';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { makeSource } from '../hostile/stage.ts';

test('a name that cannot be a label is refused when the source is written', async (t) => {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const spec = { url: 'https://git.example/a.git' };
  const make = (name: string) => makeSource(cluster, { namespace, name }, spec);
  for (const name of ['a'.repeat(64), `a.${'b'.repeat(62)}`])
    await t.throwsAsync(make(name), { message: /label of its WebApps.*at most 63 characters/ });
  for (const name of ['a'.repeat(63), '7', 'team.fleet']) await make(name);
  const { items } = await cluster.admin.cluster.list(WEBAPP_SOURCE, { namespace });
  t.is(items.length, 3);
});
