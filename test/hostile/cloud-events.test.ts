// Events that lie, or are none.
import test from 'ava';
import { DEPLOYMENT, SECRET, WEBAPP } from '../../gitops/kinds.ts';
import { webapp } from '../cluster/objects.ts';
import { eventAbout } from '../helpers/functions-entries.ts';
import { hostileStage, type Stage } from './stage.ts';

let stage: Stage;

test.before(async () => {
  stage = await hostileStage();
});
test.after.always(() => stage?.[Symbol.dispose]());

async function makeWebApp({ cluster, namespace }: Stage, name: string): Promise<void> {
  const object = webapp(namespace, name);
  await cluster.admin.cluster.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
}

test.serial(
  'S17 what an event says of its object counts for nothing: the live one does',
  async (t) => {
    await makeWebApp(stage, 'honest');
    const event = eventAbout('WebApp', { namespace: stage.namespace, name: 'honest' });
    const body = {
      apiVersion: WEBAPP.apiVersion,
      kind: WEBAPP.kind,
      metadata: { name: 'honest', namespace: stage.namespace, uid: 'forged', generation: 99 },
      spec: { image: 'evil.example/miner:1', replicas: 100 },
    };
    const answer = await stage.send({ ...event, body: JSON.stringify(body) });
    t.is(answer.status, 200, answer.text);
    const made = await stage.get(DEPLOYMENT, 'honest');
    t.false(JSON.stringify(made).includes('evil.example'));
    t.like(made, { spec: { replicas: 1 } });
  },
);

test.serial('S18 an event whose type can be made no text is refused like any other', async (t) => {
  const event = eventAbout('WebApp', { namespace: stage.namespace, name: 'x' });
  const headers = { ...event.headers, 'content-type': 'application/cloudevents+json' };
  const body = JSON.stringify({ specversion: '1.0', type: { toString: {} }, data: {} });
  t.is((await stage.send({ ...event, headers, body })).status, 202);
});

test.serial('S17 an event that says deleted deletes nothing', async (t) => {
  await makeWebApp(stage, 'kept');
  await stage.tell('WebApp', 'kept');
  const event = eventAbout('WebApp', { namespace: stage.namespace, name: 'kept' });
  const headers = { ...event.headers, 'ce-type': 'dev.knative.apiserver.ref.delete' };
  t.is((await stage.send({ ...event, headers })).status, 200);
  t.truthy(await stage.get(DEPLOYMENT, 'kept'));
});

const strange: Record<string, { kind?: string; data?: object; headers?: Record<string, string> }> =
  {
    'about a Secret': { kind: SECRET.kind },
    'whose name is a path': { data: { name: '../secrets/login' } },
    'whose namespace leads elsewhere': { data: { namespace: 'kube-system/secrets' } },
    'with a line break in its name': { data: { name: 'a\r\nHost: evil' } },
    'with a name that is an object': { data: { name: { toString: 'a' } } },
    'with __proto__ for a namespace': { data: { namespace: '__proto__' } },
    'with __proto__ among its attributes': {
      headers: { 'ce-__proto__': '{"polluted":1}', 'ce-constructor': 'x' },
      data: { name: undefined },
    },
    'that is an array': { data: [] },
    'that is null': { data: null as unknown as object },
  };

for (const [title, { kind = 'WebApp', data, headers }] of Object.entries(strange)) {
  test.serial(`S18 an event ${title} is 400 or 202, and nothing is read`, async (t) => {
    const before = (await stage.asked()).length;
    const event = eventAbout(kind, { namespace: stage.namespace, name: 'x' });
    const body =
      Array.isArray(data) || data === null ? data : { ...JSON.parse(String(event.body)), ...data };
    const answer = await stage.send({
      ...event,
      headers: { ...event.headers, ...headers },
      body: JSON.stringify(body),
    });
    t.true([400, 202].includes(answer.status), `${answer.status} ${answer.text}`);
    t.is((await stage.asked()).length, before);
    t.false('polluted' in {});
  });
}
