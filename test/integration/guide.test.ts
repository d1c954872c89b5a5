// The shell flow of the guide, with kubectl, against the functions and the relay under their shipped rights.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { startParts } from '../helpers/running-parts.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

const TEST_WEBAPP = JSON.stringify({
  apiVersion: 'example.com/v1',
  kind: 'WebApp',
  metadata: { name: 'test-webapp' },
  spec: { replicas: 2, image: 'nginx:alpine', port: 80 },
});

test('the integration flow of the guide', async (t) => {
  t.timeout(300_000);
  const cluster = await testCluster();
  const kubectl = async (...args: string[]) => {
    const { stdout } = await run(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, ...args]);
    return stdout;
  };

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

  const namespace = await freshNamespace(cluster);
  const inside = (...args: string[]) => kubectl('-n', namespace, ...args);
  const applied = run('sh', [
    '-c',
    `echo '${TEST_WEBAPP}' | ${cluster.kubectl} --kubeconfig ${cluster.kubeconfig} -n ${namespace} apply -f -`,
  ]);
  t.regex((await applied).stdout, /webapp.example.com\/test-webapp created/);

  // The guide waits for the Deployment at once; it may not have been made yet.
  await inside('wait', '--for=create', 'deployment/test-webapp', '--timeout=300s');
  await inside('wait', '--for=condition=Available', 'deployment/test-webapp', '--timeout=300s');
  t.regex(await inside('get', 'service', 'test-webapp'), /ClusterIP.*80\/TCP/);
  await inside('wait', '--for=condition=Ready', 'webapp/test-webapp', '--timeout=300s');
  t.regex(await inside('get', 'webapps'), /test-webapp +True +Ready +2 +2 +nginx:alpine/);

  await inside('patch', 'webapp', 'test-webapp', '--type=merge', '-p={"spec":{"replicas":3}}');
  await inside(
    'wait',
    '--for=jsonpath={.spec.replicas}=3',
    'deployment/test-webapp',
    '--timeout=300s',
  );

  await inside('scale', 'webapp', 'test-webapp', '--replicas=4');
  await inside(
    'wait',
    '--for=jsonpath={.spec.replicas}=4',
    'deployment/test-webapp',
    '--timeout=300s',
  );

  await inside('delete', 'webapp', 'test-webapp');
  await inside('wait', '--for=delete', 'deployment/test-webapp', '--timeout=300s');
  await inside('wait', '--for=delete', 'service/test-webapp', '--timeout=300s');
});
