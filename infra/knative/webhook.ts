// Knative's admission webhooks: they set the defaults of its objects and validate them.
import { type Kind, SERVICE } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { ALONE, type Deployments } from './deployments.ts';
import { forward } from './forward.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const MUTATING: Kind = {
  apiVersion: ADMISSION,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
};
const VALIDATING: Kind = {
  apiVersion: ADMISSION,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
};
const POD_HTTPS = 8443;
const HTTPS = 443;

/** A webhook: its Deployment, whose Service has the same name, and what it registers. */
export interface KnativeWebhook {
  readonly key: ObjectKey;
  /** Folder of its program and its manifests. */
  readonly folder: string;
  /** Manifests of its configurations, which it completes by its certificate and its rules. */
  readonly manifests: readonly string[];
  /** Name of the configuration that sets defaults; that of the other begins with `validation.`. */
  readonly name: string;
}

/** Starts one and returns when the API server asks it. That calls the IP of its Service, which is given to this machine. */
export async function startWebhook(
  deployments: Deployments,
  { key, folder, manifests, name }: KnativeWebhook,
): Promise<void> {
  const { admin, network } = deployments.world;
  const { pod } = await deployments.run(key, { folder, args: ALONE });
  const service = await admin.cluster.get(SERVICE, key);
  const host = (service as { spec?: { clusterIP?: string } } | undefined)?.spec?.clusterIP ?? '';
  await network.addAddress(host);
  await forward({ host, port: HTTPS }, { host: pod.address, port: POD_HTTPS });
  await deployments.apply(folder, manifests);
  const get = (of: Kind, name: string) => admin.cluster.get(of, { namespace: '', name });
  await deployments.untilPart(key.name, 'its configurations are complete', async () => {
    const mutating = await get(MUTATING, name);
    const validating = await get(VALIDATING, `validation.${name}`);
    return isComplete(mutating) && isComplete(validating);
  });
}

function isComplete(configuration: KubeObject | undefined): boolean {
  const { webhooks = [] } = (configuration ?? {}) as { webhooks?: Registered[] };
  return webhooks.some(({ rules, clientConfig }) => rules && clientConfig?.caBundle);
}

interface Registered {
  readonly rules?: readonly object[];
  readonly clientConfig?: { readonly caBundle?: string };
}
