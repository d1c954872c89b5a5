// A cluster that knows AWS roles as EKS does, the services of AWS that the Lambda uses, and what its environment says.
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
import { type AccessEntry, type Authenticator, startAuthenticator } from './authenticator.ts';
import { type AwsServer, startAws } from './aws-server.ts';
import type { Role } from './sts.ts';
import { SENDER } from './world.ts';

export const REGION = 'eu-west-1';
export const CLUSTER = 'shops';

/** The functions of serverless.yml. */
export const LAMBDAS = ['http', 'webhooks', 'tick', 'visits'] as const;
export type LambdaName = (typeof LAMBDAS)[number];

/** The group that the access entry of a function's role names in docs/lambda.md. */
export const groupOf = (name: LambdaName) => `webapp-lambda-${name}`;

/** Returns a role with this name; AWS' own documents use keys of this form. */
function roleNamed(name: string): Role {
  return {
    arn: `arn:aws:sts::123456789012:assumed-role/webapp-operator-prod-${name}/webapp-operator-prod-${name}`,
    accessKeyId: `ASIAIOSFODNN7${name.toUpperCase()}`,
    secretAccessKey: `wJalrXUtnFEMI/K7MDENG/bPxRfiCY${name}`,
    sessionToken: `IQoJb3JpZ2luX2VjE+of/the==${name}`,
  };
}

/** The roles of the functions, and one with the rights of all of them for what runs all in one environment. */
export const ROLES: Readonly<Record<LambdaName | 'all', Role>> = {
  http: roleNamed('http'),
  webhooks: roleNamed('webhooks'),
  tick: roleNamed('tick'),
  visits: roleNamed('visits'),
  all: roleNamed('all'),
};

const ACCESS_ENTRIES: readonly AccessEntry[] = [
  ...LAMBDAS.map((name) => ({ role: ROLES[name], groups: [groupOf(name)] })),
  { role: ROLES.all, groups: LAMBDAS.map(groupOf) },
];

export interface Stage {
  readonly cluster: TestCluster;
  readonly authenticator: Authenticator;
  readonly auditLog: string;
  /** The services of AWS for each entry that runs there: each has a queue of its own. */
  aws(): Promise<AwsServer>;
  /** What whoever deploys sets before `osls package`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts the cluster, with the rights of infra/lambda/rbac.yaml. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-lambda-stage-'));
  const tokenWebhook = join(folder, 'authenticator');
  const where = { cluster: CLUSTER, region: REGION };
  const authenticator = await startAuthenticator(tokenWebhook, where, ACCESS_ENTRIES);
  const plane = await startControlPlane({ tokenWebhook, audit: true });
  const { server, caFile, kubeconfig, auditLog = '', binaries } = plane;
  const shared = { server, caFile, kubeconfig, auditLog, kubectl: binaries.kubectl };
  await installInto(kubeconfig);
  process.env.TEST_CONTROL_PLANE = JSON.stringify(shared);
  const cluster = await testCluster();
  const ca = await readFile(caFile);
  return {
    ...{ cluster, authenticator, auditLog },
    aws: () =>
      startAws(Object.values(ROLES), {
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

/** Returns what Lambda puts into a function's environment, with AWS at this address. */
export function ofLambda({ url }: AwsServer, role: Role): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_SESSION_TOKEN: role.sessionToken,
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
