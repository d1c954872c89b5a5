// The shell flow of the guide from a WebApp's creation to its deletion, with kubectl, whoever brings the events.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { freshNamespace, type TestCluster } from '../helpers/control-plane.ts';

const run = promisify(execFile);

const TEST_WEBAPP = JSON.stringify({
  apiVersion: 'example.com/v1',
  kind: 'WebApp',
  metadata: { name: 'test-webapp' },
  spec: { replicas: 2, image: 'nginx:alpine', port: 80 },
});

/** Runs kubectl as the cluster's administrator and returns what it printed. */
export type Kubectl = (...args: string[]) => Promise<string>;

/** Returns kubectl for a cluster. */
export function kubectlOf({ kubectl, kubeconfig }: TestCluster): Kubectl {
  return async (...args) => (await run(kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout;
}

/** Creates a WebApp in a namespace of its own, scales it twice and deletes it, as the guide does. */
export async function guideFlow(t: ExecutionContext, cluster: TestCluster): Promise<void> {
  const namespace = await freshNamespace(cluster);
  const kubectl = kubectlOf(cluster);
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
}
