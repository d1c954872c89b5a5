// What the real broker makes of answers: ours, and every code that ours can be.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { KNATIVE_SERVICE } from '../../functions/rollout/knative-service.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { type Ear, type Heard, openEar } from './ear.ts';
import { RELEASE, type Stage, SYSTEM, TRIGGER, timed, untilAllReady } from './stage.ts';
import { create, NEVER, post, ready, schedule } from './world.ts';

const TYPE = 'com.example.tests';

/** What becomes of an answer: delivered, tried again until it is a dead letter, or a dead letter at once. */
const ANSWERS: Readonly<Record<string, { attempts: number; isDead: boolean }>> = {
  200: { attempts: 1, isDead: false },
  202: { attempts: 1, isDead: false },
  400: { attempts: 1, isDead: true },
  401: { attempts: 1, isDead: true },
  403: { attempts: 1, isDead: true },
  404: { attempts: 3, isDead: true },
  413: { attempts: 1, isDead: true },
  415: { attempts: 1, isDead: true },
  503: { attempts: 3, isDead: true },
};
/** 1, 2, 4, 8, 16 and 32 s. */
const LONG_RETRIES = { retry: 6, backoffPolicy: 'exponential', backoffDelay: 'PT1S' };
const LONG_RETRIES_MS = 63_000;
/** Longer than all of these take. */
const GIVEN_UP_MS = 3_000;
const RETRIES = { retry: 2, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' };

/** Registers what happens to events that cannot be delivered, and what arrives with those that can. */
export function deliveries(stage: () => Stage): void {
  let ear: Ear;
  let dead: Ear;
  let failing: Ear;

  test.serial('listeners of the tests get a Trigger of their own', async (t) => {
    await schedule(stage(), NEVER);
    const { network } = stage().knative;
    dead = await openEar(network, 'dead.test.svc.cluster.local');
    ear = await openEar(network, 'ear.test.svc.cluster.local', answerAsked);
    failing = await openEar(network, 'failing.test.svc.cluster.local', () => ({ status: 503 }));
    const filter = { attributes: { type: TYPE } };
    const delivery = { ...RETRIES, deadLetterSink: { uri: dead.url } };
    const subscriber = { uri: ear.url };
    await addTrigger(stage(), { name: 'tests', filter, subscriber, delivery });
    t.pass();
  });

  test.serial('which answers are tried again, and which make a dead letter at once', async (t) => {
    const found: Record<string, { attempts: number; isDead: boolean }> = {};
    for (const status of Object.keys(ANSWERS)) {
      const id = await tell(stage(), { wanted: status });
      await eventually(`${status} is over`, () => isOver(id, { ear, dead }, ANSWERS[status]));
      found[status] = { attempts: about(ear, id).length, isDead: about(dead, id).length > 0 };
      t.log(`${status}: ${gaps(about(ear, id))}${deathOf(about(dead, id)[0])}`);
    }
    t.deepEqual(found, ANSWERS);
  });

  test.serial('a body that is no event makes a success a failure', async (t) => {
    const id = await tell(stage(), { wanted: '200', body: 'yes' });
    await eventually('it is a dead letter', () => about(dead, id).length > 0);
    t.log(`200 with a JSON body: ${gaps(about(ear, id))}${deathOf(about(dead, id)[0])}`);
    t.is(about(ear, id).length, 1 + RETRIES.retry);
    t.true(about(ear, id).every(({ headers }) => headers.prefer === 'reply'));
  });

  test.serial('an answer of ours is no failure', async (t) => {
    const name = `${RELEASE}-webapps`;
    const subscriber = {
      ref: { apiVersion: KNATIVE_SERVICE.apiVersion, kind: KNATIVE_SERVICE.kind, name },
      uri: '/events',
    };
    const delivery = { ...RETRIES, deadLetterSink: { uri: dead.url } };
    const filter = { attributes: { source: '/ours' } };
    await addTrigger(stage(), { name: 'ours', filter, subscriber, delivery });
    const id = crypto.randomUUID();
    const object = { apiversion: 'example.com/v1', kind: 'WebApp', namespace: 'x', name: 'nobody' };
    const type = 'dev.knative.apiserver.ref.update';
    await post(brokerUrl(stage()), { id, source: '/ours', type, ...object });
    await sleep(GIVEN_UP_MS);
    t.deepEqual(about(dead, id), []);
  });

  test.serial('an event that nobody can read is a dead letter at once', async (t) => {
    const id = crypto.randomUUID();
    const type = 'dev.knative.apiserver.ref.update';
    const poison = { id, type, apiversion: 'example.com/v1', kind: 'WebApp', name: '../secrets' };
    await post(brokerUrl(stage()), { ...poison, namespace: 'default' });
    // The chart's dead-letter sink is the tick's Service, which says what it was brought.
    const letter = await timed(t, 'dead letter', () =>
      eventually('the dead letter told', () => deadLetterOf(stage(), /name must be the name/)),
    );
    t.log(letter);
    t.regex(letter, /"code":"400"/);
  });

  test.serial('the trace of an event is kept on its way', async (t) => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const id = await tell(stage(), { wanted: '202', traceparent });
    const heard = await eventually('it arrives', () => about(ear, id)[0]);
    for (const name of ['ce-traceparent', 'traceparent', 'ce-knativearrivaltime'])
      t.log(`${name}: ${heard.headers[name]}`);
    t.is(heard.headers['ce-traceparent'], traceparent);
  });

  test.serial('an event of a WebApp is not held up by one that fails', async (t) => {
    const namespace = await freshNamespace(stage().cluster);
    const filter = { attributes: { kind: 'WebApp', namespace, name: 'failing' } };
    const subscriber = { uri: failing.url };
    await addTrigger(stage(), { name: 'failing', filter, subscriber, delivery: LONG_RETRIES });
    await create(stage(), { namespace, name: 'failing' });
    await eventually('its event fails', () => failing.heard.length > 0);
    const begin = performance.now();
    const key: ObjectKey = { namespace, name: 'shop' };
    await create(stage(), key);
    await timed(t, 'Ready while another event is tried again and again', () => ready(stage(), key));
    t.true(performance.now() - begin < LONG_RETRIES_MS / 2);
  });
}

/** Answers as the event asks for. */
function answerAsked({ headers }: Heard) {
  const status = Number(headers['ce-wanted'] ?? 202);
  return headers['ce-body'] ? { status, body: { outcome: 'settled' } } : { status };
}

interface Listening {
  readonly name: string;
  readonly filter: object;
  readonly subscriber: object;
  readonly delivery: object;
}

async function addTrigger({ cluster }: Stage, { name, filter, subscriber, delivery }: Listening) {
  const { apiVersion, kind } = TRIGGER;
  await cluster.admin.cluster.create(TRIGGER, {
    ...{ apiVersion, kind },
    metadata: { name, namespace: SYSTEM },
    spec: { broker: RELEASE, filter, subscriber, delivery },
  });
  await untilAllReady(cluster, [TRIGGER]);
}

async function tell(stage: Stage, attributes: Record<string, string>): Promise<string> {
  const id = crypto.randomUUID();
  await post(brokerUrl(stage), { id, type: TYPE, ...attributes });
  return id;
}

/** Returns where the broker takes events, from this machine. */
export function brokerUrl({ knative }: Stage): string {
  const { address } = knative.eventing.part('mt-broker-ingress').pod;
  return `http://${address}:8080/${SYSTEM}/${RELEASE}`;
}

async function deadLetterOf({ functions }: Stage, wanted: RegExp): Promise<string | undefined> {
  const { logFile } = functions.get(`${RELEASE}-tick`)?.functions.program ?? {};
  const lines = logFile === undefined ? [] : (await readFile(logFile, 'utf8')).split('\n');
  return lines.find((line) => line.includes('could not be delivered') && wanted.test(line));
}

function about({ heard }: Ear, id: string): Heard[] {
  return heard.filter(({ headers }) => headers['ce-id'] === id);
}

function isOver(
  id: string,
  { ear, dead }: { ear: Ear; dead: Ear },
  want: { attempts: number; isDead: boolean } | undefined,
): boolean {
  if (want?.isDead) return about(dead, id).length > 0;
  return about(ear, id).length > 0;
}

function gaps(heard: readonly Heard[]): string {
  const between = heard.slice(1).map(({ at }, before) => at - (heard[before]?.at ?? 0));
  const waits = between.map((ms) => `${Math.round(ms)} ms`).join(', ');
  return `${heard.length} attempts${waits && `, ${waits} apart`}`;
}

function deathOf(letter: Heard | undefined): string {
  return letter
    ? `, dead letter with knativeerrorcode ${letter.headers['ce-knativeerrorcode']}`
    : '';
}
