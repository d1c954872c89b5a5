// The shipped manifest: what fits together in it, and that the API server takes it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { loadAll } from 'js-yaml';
import { readConfig } from '../../functions/config.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { testCluster } from '../helpers/control-plane.ts';

const FILE = join(import.meta.dirname, '../../infra/admission/admission.yaml');
const objects = loadAll(await readFile(FILE, 'utf8')) as KubeObject[];
const CERT_MANAGER = 'cert-manager.io/v1';

function named<Spec>(kind: string, name = 'webapp-operator-admission') {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  return found as (KubeObject & { readonly spec: Spec }) | undefined;
}

interface Webhook {
  readonly clientConfig: { readonly service: object };
  readonly timeoutSeconds: number;
}

const plurals: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  Deployment: 'deployments',
  PodDisruptionBudget: 'poddisruptionbudgets',
  Service: 'services',
};

for (const object of objects.filter(({ apiVersion }) => apiVersion !== CERT_MANAGER)) {
  test(`manifest: the API server takes the ${object.kind}`, async (t) => {
    const { admin } = await testCluster();
    const { apiVersion, kind } = object;
    const of = { apiVersion, kind, plural: plurals[kind] ?? '' };
    const options = { manager: 'test', live: 'any', dryRun: true } as const;
    await t.notThrowsAsync(admin.cluster.apply(of, object, options));
  });
}

test('manifest: certificate, Secret and Service are those that are named', (t) => {
  const configuration = objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration');
  const certificate = named<{ secretName: string; dnsNames: string[]; issuerRef: object }>(
    'Certificate',
  );
  const from = configuration?.metadata.annotations?.['cert-manager.io/inject-ca-from'];
  t.is(from, 'webapp-operator-system/webapp-operator-admission');
  t.truthy(named('Service'));
  for (const { clientConfig, timeoutSeconds } of (configuration?.webhooks ?? []) as Webhook[]) {
    const [name, namespace] = ['webapp-operator-admission', 'webapp-operator-system'];
    t.deepEqual(clientConfig.service, { name, namespace, path: '/admission', port: 443 });
    t.is(timeoutSeconds, 5);
  }
  const spec = certificate?.spec;
  t.true(spec?.dnsNames.includes('webapp-operator-admission.webapp-operator-system.svc'));
  t.deepEqual(spec?.issuerRef, { kind: 'Issuer', name: 'webapp-operator-ca' });
  const issuer = named<{ ca: { secretName: string } }>('Issuer', 'webapp-operator-ca');
  const ca = named<{ secretName: string; isCA: boolean }>('Certificate', 'webapp-operator-ca');
  t.like(ca?.spec, { secretName: issuer?.spec.ca.secretName, isCA: true });
  const pods = named<{ template: { spec: { volumes: object[] } } }>('Deployment');
  const volume = { name: 'certificate', secret: { secretName: spec?.secretName } };
  t.deepEqual(pods?.spec.template.spec.volumes.at(-1), volume);
});

interface Pods {
  readonly template: {
    readonly spec: {
      readonly containers: readonly {
        readonly env: readonly { readonly name: string; readonly value: string }[];
        readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
      }[];
    };
  };
}

test('manifest: the pods serve admission and metrics on the ports that are named', (t) => {
  const [container] = named<Pods>('Deployment')?.spec.template.spec.containers ?? [];
  const env = container?.env.map(({ name, value }) => [name, value]) ?? [];
  const { serve, port, admissionPort } = readConfig(Object.fromEntries(env));
  t.deepEqual([...serve].sort(), ['admission', 'metrics']);
  t.deepEqual(
    container?.ports.map(({ name, containerPort }) => `${name} ${containerPort}`),
    [`http ${port}`, `webhook ${admissionPort}`],
  );
});
