// Validating webhooks of tests.
import { CONFIG_MAP, DEPLOYMENT, groupOf, type Kind, resourcePath } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import type { TestCluster } from './control-plane.ts';

export const WEBHOOKS: Kind = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
};

/** Who is asked, as a webhook's clientConfig. */
export interface Asked {
  readonly url: string;
  readonly caBundle?: string;
}

const NOBODY: Asked = { url: 'https://127.0.0.1:9/' };
const PROBE = 'probe.example.com';
const PROBE_LABEL = { [PROBE]: '' };

/**
 * Has the API server ask somebody about every write of a Deployment in these namespaces; all fail where that is nobody.
 * Returns once it does so; disposing ends it.
 */
export function askOfDeployments(
  cluster: TestCluster,
  namespaces: readonly string[],
  asked: Asked = NOBODY,
): Promise<AsyncDisposable> {
  return askOf(DEPLOYMENT, cluster, { namespaces, asked });
}

/** Has it ask so about every write of a kind. */
export async function askOf(
  of: Kind,
  { admin }: TestCluster,
  { namespaces, asked }: { namespaces: readonly string[]; asked: Asked },
): Promise<AsyncDisposable> {
  const [namespace = ''] = namespaces;
  const made = await admin.cluster.create(WEBHOOKS, configuration(of, namespaces, asked));
  // It has taken in all webhooks of a configuration as soon as it knows one.
  await eventually(`writes in ${namespace} are asked of ${asked.url}`, () =>
    admin.api.json({ ...probeIn(namespace), query: { dryRun: 'All' } }).then(
      () => false,
      ({ message }: Error) => message.includes(PROBE),
    ),
  );
  return { [Symbol.asyncDispose]: () => admin.cluster.delete(WEBHOOKS, made) };
}

function probeIn(namespace: string) {
  const { apiVersion, kind } = CONFIG_MAP;
  const body = { apiVersion, kind, metadata: { name: 'probe', labels: PROBE_LABEL } };
  return { method: 'POST', path: resourcePath(CONFIG_MAP, namespace), body } as const;
}

function configuration(of: Kind, namespaces: readonly string[], asked: Asked): KubeObject {
  const isIn = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces] };
  const common = {
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 30,
    namespaceSelector: { matchExpressions: [isIn] },
  };
  const rule = { apiVersions: ['v1'], operations: ['*'] };
  const wanted = {
    ...{ ...common, name: `${of.plural}.example.com`, clientConfig: asked },
    rules: [{ ...rule, apiGroups: [groupOf(of.apiVersion)], resources: [of.plural] }],
  };
  const probe = {
    ...{ ...common, name: PROBE, clientConfig: NOBODY },
    objectSelector: { matchLabels: PROBE_LABEL },
    rules: [{ ...rule, apiGroups: [''], resources: [CONFIG_MAP.plural] }],
  };
  const { apiVersion, kind } = WEBHOOKS;
  const metadata = { name: `test-${namespaces[0]}` };
  return { apiVersion, kind, metadata, webhooks: [wanted, probe] };
}
