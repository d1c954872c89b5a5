// One suite through each way to deploy the functions: the same cases, as real programs, on a real cluster.
import test from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import { eventually } from '../cluster/eventually.ts';
import { requestsOf } from '../helpers/audit.ts';
import { conditionOf } from '../reconcile/stage.ts';
import type { AwsServer } from './aws-server.ts';
import { CASES } from './cases.ts';
import { openContainer, startRelay } from './container-entry.ts';
import type { Deployed } from './deployed.ts';
import { openOffline } from './offline-entry.ts';
import { openRuntimeClient } from './runtime-client-entry.ts';
import { openService, packageService, type Service } from './service.ts';
import {
  groupOf,
  LAMBDAS,
  type LambdaName,
  ofLambda,
  openStage,
  ROLES,
  type Stage,
} from './stage.ts';
import { worldOf } from './world.ts';

type Name = 'container' | 'serverless-offline' | 'aws-lambda-ric';
const NAMES: readonly Name[] = ['container', 'serverless-offline', 'aws-lambda-ric'];

let stage: Stage;
let service: Service;
let gateway: string;
const entries = new Map<Name, Deployed>();
const queues = new Map<Name, AwsServer>();
const passed = new Map<Name, number>();

test.before(async () => {
  stage = await openStage();
  service = await openService('https://sqs.eu-west-1.amazonaws.com/123456789012/visits');
  const token = await stage.cluster.admin.tokenFor('webapp-functions');
  const dist = `${service.folder}/dist`;
  entries.set('container', await openContainer(dist, stage.cluster.kubeconfigText(token)));
  const settings = stage.settings;
  const ofOffline = ofLambda(await queueOf('serverless-offline'), ROLES.all);
  const offline = await openOffline(service, { ...settings, ...ofOffline });
  entries.set('serverless-offline', offline);
  gateway = offline.url;
  const packaged = await packageService(service, settings);
  const aws = await queueOf('aws-lambda-ric');
  const envOf = (name: LambdaName) => ofLambda(aws, ROLES[name]);
  entries.set('aws-lambda-ric', await openRuntimeClient(service, packaged, envOf));
  for (const [name, queue] of queues) queue.receiver = (text) => entryOf(name).visit(text);
});

test.after.always(async () => {
  for (const entry of entries.values()) await entry[Symbol.asyncDispose]();
  for (const queue of queues.values()) queue[Symbol.dispose]();
  await service?.[Symbol.asyncDispose]();
});

async function queueOf(name: Name): Promise<AwsServer> {
  const aws = await stage.aws();
  queues.set(name, aws);
  return aws;
}

const entryOf = (name: Name) => entries.get(name) as Deployed;

for (const name of NAMES) {
  for (const [title, run] of CASES) {
    test.serial(`${name}: ${title}`, async (t) => {
      await using world = worldOf(stage.cluster);
      await run({ t, world, entry: entryOf(name) });
      passed.set(name, (passed.get(name) ?? 0) + 1);
    });
  }
}

test.serial('the same cases have passed through each entry', (t) => {
  const counts = NAMES.map((name) => `${name} ${passed.get(name)}`);
  t.log(counts.join(', '));
  t.is(new Set(passed.values()).size, 1);
});

test.serial('the relay brings the events of the cluster through API Gateway', async (t) => {
  const { cluster } = stage;
  const kubeconfig = cluster.kubeconfigText(await cluster.admin.tokenFor('webapp-relay'));
  await using _relay = await startRelay(`${service.folder}/dist`, kubeconfig, gateway);
  const world = worldOf(cluster);
  const key = await world.makeWebApp();
  await eventually('a Deployment that nobody asked for', () => world.isThere(DEPLOYMENT, key));
  await eventually('its pods being Ready is told, too', async () => {
    const live = await world.read(WEBAPP, key);
    return live && conditionOf(live, 'Ready')?.status === 'True';
  });
  t.pass();
});

for (const name of NAMES.slice(1)) {
  test.serial(`${name}: AWS saw only signed requests, and the queue visits of both sorts`, (t) => {
    const queue = queues.get(name) as AwsServer;
    t.deepEqual(queue.refused, []);
    t.true(
      queue.messages.some(({ delay }) => delay === 0),
      'visits that the tick handed out',
    );
    t.true(
      queue.messages.some(({ delay }) => delay > 0),
      'visits to be made again',
    );
  });
}

test.serial('aws-lambda-ric: the cluster saw each role, and refused it nothing', async (t) => {
  const known = Object.values(ROLES).map(({ arn }) => arn);
  t.deepEqual([...new Set(stage.authenticator.seen)].sort(), known.sort());
  for (const name of LAMBDAS) {
    const requests = await requestsOf(stage.auditLog, ROLES[name].arn);
    t.true(requests.length > 0, name);
    const refused = requests.filter(({ code }) => code === 403);
    t.deepEqual(refused, [], name);
    t.log(`${name}: ${[...new Set(requests.map(({ what }) => what))].sort().join(', ')}`);
  }
});

/** What tells the functions apart; all that each may do is in the table of package.test.ts. */
const RIGHTS: readonly [verb: string, group: string, resource: string, who: LambdaName[]][] = [
  ['create', 'apps', 'deployments', ['http', 'visits']],
  ['create', 'example.com', 'webapps', ['http', 'visits']],
  ['get', 'apps', 'deployments', ['http', 'webhooks', 'tick', 'visits']],
  ['patch', 'example.com', 'webappsources/status', ['http', 'visits']],
  ['patch', 'example.com', 'webappsources', ['http', 'webhooks', 'tick', 'visits']],
  ['get', '', 'secrets', []],
  ['delete', 'apps', 'deployments', []],
];

for (const [verb, group, resource, who] of RIGHTS) {
  test.serial(`who may ${verb} ${resource}: ${who.join(', ') || 'nobody'}`, async (t) => {
    const { api } = stage.cluster.admin;
    const attributes = { verb, group, resource, namespace: 'default' };
    const allowed = LAMBDAS.map(async (name) => {
      const of = { user: ROLES[name].arn, groups: [groupOf(name)] };
      const answer = await api.json({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: {
          ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' },
          spec: { ...of, resourceAttributes: attributes },
        },
      });
      return (answer as { status: { allowed: boolean } }).status.allowed ? [name] : [];
    });
    t.deepEqual((await Promise.all(allowed)).flat(), who);
  });
}
