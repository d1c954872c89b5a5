// The shell flow of the guide, with kubectl, against the functions and the relay under their shipped rights.
import { join } from 'node:path';
import test from 'ava';
import { testCluster } from '../helpers/control-plane.ts';
import { startParts } from '../helpers/running-parts.ts';
import { guideFlow, kubectlOf } from './guide-flow.ts';

const root = join(import.meta.dirname, '..', '..');

test('the integration flow of the guide', async (t) => {
  t.timeout(300_000);
  const cluster = await testCluster();
  const kubectl = kubectlOf(cluster);
  await kubectl('apply', '--server-side', '--force-conflicts', '-f', join(root, 'infra/crd'));
  await kubectl('apply', '--server-side', '--force-conflicts', '-f', join(root, 'infra/rbac'));
  await kubectl('apply', '-f', join(root, 'infra/manager'));
  const manager = 'deployment/webapp-operator-controller-manager';
  await kubectl(
    'wait',
    '--for=condition=Available',
    manager,
    '-n',
    'webapp-operator-system',
    '--timeout=300s',
  );

  // The manager's pods are kwok's and run nothing, so the same program runs here, under the same rights.
  const parts = await startParts(cluster);
  t.teardown(() => Promise.all([parts.functions.stop(), parts.relay.stop()]));

  await guideFlow(t, cluster);
});
