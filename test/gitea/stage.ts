// The whole product beside a real forge: one repository with policies, one source that follows and reviews it.
import type { ExecutionContext } from 'ava';
import { NAMESPACE, SECRET, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { type Gitea, startGitea } from '../../infra/gitea/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { FUNCTIONS, grant } from '../helpers/rights.ts';
import { startParts } from '../helpers/running-parts.ts';
import { addWebhook, makeRepository, type Person, person } from './forge-user.ts';

export interface ForgeStage {
  readonly gitea: Gitea;
  readonly cluster: TestCluster;
  readonly namespace: string;
  /** Owns the repository `fleet`. */
  readonly owner: Person;
  /** The account that the product speaks through. */
  readonly bot: Person;
  source(): Promise<WebAppSource>;
}

const REPOSITORY = 'fleet';

/** Starts everything and returns once the source is applied and Ready; in a new namespace, of this name if one is given. */
export async function forgeStage(
  t: ExecutionContext,
  files: Record<string, string>,
  name?: string,
): Promise<ForgeStage> {
  const cluster = await testCluster();
  const namespace = name ?? (await freshNamespace(cluster));
  if (name !== undefined) {
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await cluster.admin.cluster.create(NAMESPACE, object);
  }
  const gitea = await startGitea();
  t.teardown(() => gitea[Symbol.asyncDispose]());
  const parts = await startParts(cluster, { LOG_LEVEL: 'info' });
  t.teardown(() => Promise.all([parts.functions.stop(), parts.relay.stop()]));
  t.log(`logs: ${parts.logs.functions}`);
  const owner = person(gitea, gitea.admin);
  const account = await gitea.addUser('webapp-bot');
  const bot = person(gitea, account);
  const url = await makeRepository(owner, REPOSITORY, files);
  await owner.api.repos.repoAddCollaborator(owner.name, REPOSITORY, bot.name, {
    permission: 'write',
  });
  const hook = parts.webhook.url.replace(/\/[^/]+$/, '/gitea');
  await addWebhook(owner, REPOSITORY, { url: hook, secret: parts.webhook.secret });
  await grantSecret(cluster, namespace, { username: bot.name, password: account.token });
  await makeSource(cluster, namespace, url);
  const source = async () =>
    (await cluster.admin.cluster.get(WEBAPP_SOURCE, {
      namespace,
      name: REPOSITORY,
    })) as WebAppSource;
  await eventually('the source is Ready', async () => {
    const { conditions = [] } = (await source()).status;
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  });
  return { gitea, cluster, namespace, owner, bot, source };
}

async function makeSource({ admin }: TestCluster, namespace: string, url: string): Promise<void> {
  const { apiVersion, kind } = WEBAPP_SOURCE;
  await admin.cluster.create(WEBAPP_SOURCE, {
    apiVersion,
    kind,
    metadata: { name: REPOSITORY, namespace },
    spec: {
      url,
      path: 'apps',
      interval: '1h',
      secretRef: { name: 'bot' },
      policies: { path: 'policies' },
      review: { forge: 'gitea' },
    },
  });
}

/** The Secret, and the right to read it that its namespace has to give. */
async function grantSecret(
  { admin }: TestCluster,
  namespace: string,
  stringData: Record<string, string>,
): Promise<void> {
  await admin.cluster.create(SECRET, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bot', namespace },
    stringData,
  });
  await grant(admin, { role: 'webapp-source-secrets', to: FUNCTIONS, namespace });
}
