// An event that is delivered many times at once, as brokers may, to several processes.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { type AuditedRequest, requestsOfFunctions, tally } from '../helpers/audit.ts';
import { freshNamespace, type TestCluster, testCluster } from '../helpers/control-plane.ts';
import { type Answered, type Entry, eventAbout, openEntry } from '../helpers/functions-entries.ts';
import { conditionOf } from '../reconcile/stage.ts';

const TIMES = 20;
const QUIET_MS = 500;
const DELIVERIES = 5;

let cluster: TestCluster;
let entries: readonly Entry[];

test.before(async () => {
  cluster = await testCluster();
  entries = await Promise.all([1, 2].map(() => openEntry('container', cluster.functions)));
});
test.after.always(async () => {
  for (const entry of entries ?? []) await entry[Symbol.asyncDispose]();
});

/** Returns what the functions have asked in the namespace, once nothing more is written into the log. */
async function askedIn(namespace: string): Promise<AuditedRequest[]> {
  for (let seen = -1; ; await sleep(QUIET_MS)) {
    const all = await requestsOfFunctions(cluster.auditLog);
    const asked = all.filter((request) => request.namespace === namespace);
    if (asked.length === seen) return asked;
    seen = asked.length;
  }
}

const isWrite = ({ what }: AuditedRequest) => !/^(get|list) /.test(what);
const isDone = ({ code }: AuditedRequest) => code < 300;

test('R08: an event that comes 20 times at once makes each child once, and every sender is done', async (t) => {
  const key = { namespace: await freshNamespace(cluster), name: 'shop' };
  const { cluster: admin } = cluster.admin;
  const made = webapp(key.namespace, key.name);
  await admin.apply(WEBAPP, made, { manager: 'kubectl', live: undefined });
  const event = eventAbout(WEBAPP.kind, key);
  const send = (number: number, call = event) =>
    (entries[number % entries.length] as Entry).send(call);
  // Who has met too many others is told to come again, and brokers do.
  const deliver = async (number: number, left = DELIVERIES): Promise<Answered> => {
    const answer = await send(number);
    return answer.status === 503 && left > 1 ? deliver(number, left - 1) : answer;
  };

  const answers = await Promise.all(Array.from({ length: TIMES }, (_, number) => deliver(number)));
  const others = answers.filter(({ status }) => status !== 200);
  t.deepEqual(others, []);
  const service = await admin.get(SERVICE, key);
  const asked = await askedIn(key.namespace);
  t.log(tally(asked.filter(isWrite)), 'done:', tally(asked.filter(isWrite).filter(isDone)));
  for (const { plural } of [DEPLOYMENT, SERVICE]) {
    const writes = asked.filter(({ what }) => what === `patch ${plural}`);
    t.deepEqual(
      writes.filter(isDone).map(({ code }) => code),
      [201],
      plural,
    );
  }

  const { apiVersion, kind } = DEPLOYMENT;
  const ofDeployment = { ...event, body: JSON.stringify({ apiVersion, kind, ...key }) };
  await eventually('it is Ready', async () => {
    await send(0, ofDeployment);
    const live = await admin.get(WEBAPP, key);
    return live && conditionOf(live, 'Ready')?.status === 'True';
  });
  t.is(annotation((await admin.get(WEBAPP, key)) ?? made, ANNOTATION.retry), '');
  const before = await askedIn(key.namespace);
  t.deepEqual((await send(1)).status, 200);
  t.deepEqual((await send(0)).status, 200);
  const after = await askedIn(key.namespace);
  t.is(after.length, before.length + 2, 'one read each');
  t.deepEqual(after.slice(before.length).filter(isWrite), []);
  t.deepEqual(await admin.get(SERVICE, key), service);
});
