// A cluster that knows an AWS role as EKS does, the services of AWS that the Lambda uses, and what its environment says.
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { loadKubeConfig } from '../../functions/kube-config.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { startControlPlane } from '../../infra/control-plane/start.ts';
import { Installation } from '../../infra/install.ts';
import { type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { TOKEN, WEBHOOK_SECRET } from '../helpers/functions-entries.ts';
import { type Authenticator, startAuthenticator } from './authenticator.ts';
import { type AwsServer, startAws } from './aws-server.ts';
import type { Role } from './sts.ts';
import { SENDER } from './world.ts';

export const REGION = 'eu-west-1';
export const CLUSTER = 'shops';
const GROUP = 'webapp-functions';

/** The role of the tests' Lambda; AWS' own documents use keys of this form. */
export const ROLE: Role = {
  arn: 'arn:aws:sts::123456789012:assumed-role/webapp-operator-prod-http/webapp-operator-prod-http',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjE+of/the==tests',
};

export interface Stage {
  readonly cluster: TestCluster;
  readonly authenticator: Authenticator;
  /** The services of AWS for each entry that runs there: each has a queue of its own. */
  aws(): Promise<AwsServer>;
  /** What whoever deploys sets before `osls package`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts the cluster, with the rights of infra/lambda/rbac.yaml. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-lambda-stage-'));
  const tokenWebhook = join(folder, 'authenticator');
  const who = { role: ROLE, cluster: CLUSTER, region: REGION };
  const authenticator = await startAuthenticator(tokenWebhook, who, GROUP);
  const { server, caFile, kubeconfig, binaries } = await startControlPlane({ tokenWebhook });
  const shared = { server, caFile, kubeconfig, auditLog: '', kubectl: binaries.kubectl };
  await installInto(kubeconfig);
  process.env.TEST_CONTROL_PLANE = JSON.stringify(shared);
  const cluster = await testCluster();
  const ca = await readFile(caFile);
  return {
    cluster,
    authenticator,
    aws: () =>
      startAws(ROLE, {
        '/webapp-operator/event-token': TOKEN,
        '/webapp-operator/webhook-secret': WEBHOOK_SECRET,
      }),
    settings: {
      EKS_CLUSTER: CLUSTER,
      EKS_ENDPOINT: server,
      EKS_CA: ca.toString('base64'),
      GIT_HOSTS: '127.0.0.1',
      ...SENDER,
      AWS_REGION: REGION,
    },
  };
}

/** Returns what Lambda puts into every function's environment, with AWS at this address. */
export function ofLambda({ url }: AwsServer): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: ROLE.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROLE.secretAccessKey,
    AWS_SESSION_TOKEN: ROLE.sessionToken,
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_SSM: url,
  };
}

/** Does what docs/lambda.md tells to do with kubectl. */
async function installInto(kubeconfig: string): Promise<void> {
  const admin = new Installation(loadKubeConfig({ kubeconfig }));
  await admin.install();
  const file = join(import.meta.dirname, '..', '..', 'infra', 'lambda', 'rbac.yaml');
  for (const object of loadAll(await readFile(file, 'utf8')) as KubeObject[]) {
    const of = { ...object, plural: 'clusterrolebindings' };
    await admin.cluster.apply(of, object, { manager: 'install', live: 'any' });
  }
  await admin.close();
}
