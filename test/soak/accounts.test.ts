// What a long run is judged by: a judge that sees nothing would always be content.
import test from 'ava';
import { DEPLOYMENT, INGRESS, type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { type Entry, readRequest } from '../faults/journal.ts';
import { keyOf } from '../faults/state.ts';
import { Counters } from './counters.ts';
import { Wishes } from './wishes.ts';

const SPEC = { image: 'nginx:1.27', replicas: 1, port: 80 };
const EXPOSED = { ...SPEC, host: 'a.example.org' };

function object(of: Kind, uid: string, owner?: string): KubeObject {
  const { apiVersion, kind } = of;
  const ownerReferences = [
    { apiVersion: WEBAPP.apiVersion, kind: WEBAPP.kind, name: 'a', uid: owner ?? '' },
  ].map((reference) => ({ ...reference, controller: true }));
  return { apiVersion, kind, metadata: { name: 'a', uid, ...(owner && { ownerReferences }) } };
}

function stateOf(...objects: KubeObject[]) {
  return new Map(objects.map((one) => [keyOf(one), one]));
}

test('the edits say how often each object is made and deleted', (t) => {
  const wishes = new Wishes();
  wishes.add('a', SPEC);
  wishes.change('a', EXPOSED);
  wishes.change('a', { ...EXPOSED, replicas: 2 });
  wishes.change('a', SPEC);
  wishes.takenAway(object(DEPLOYMENT, 'd', 'w'));
  wishes.takenAway(object(WEBAPP, 'w'));
  wishes.remove('a');
  wishes.add('a', SPEC);
  t.deepEqual(Object.fromEntries(wishes.counts), {
    'create webapps a': 3,
    'create deployments a': 4,
    'create services a': 3,
    'create ingresses a': 1,
    'delete ingresses a': 1,
    'delete webapps a': 1,
  });
});

test('at rest is what has exactly the objects it should have, of one WebApp and not about to go', (t) => {
  const wishes = new Wishes();
  wishes.add('a', SPEC);
  const [webapp, deployment, service] = [
    object(WEBAPP, 'w'),
    object(DEPLOYMENT, 'd', 'w'),
    object(SERVICE, 's', 'w'),
  ];
  const whole = stateOf(webapp, deployment, service);
  t.true(wishes.isAtRest('a', whole));
  t.false(wishes.isAtRest('a', stateOf(webapp, deployment)));
  t.false(wishes.isAtRest('a', stateOf(webapp, deployment, object(SERVICE, 's', 'before'))));
  t.false(wishes.isAtRest('a', stateOf(webapp, deployment, service, object(INGRESS, 'i', 'w'))));
  wishes.takenAway(service);
  t.false(wishes.isAtRest('a', whole), 'watches are late');
  t.true(wishes.isAtRest('a', stateOf(webapp, deployment, object(SERVICE, 't', 'w'))));
  wishes.remove('a');
  t.false(wishes.isAtRest('a', stateOf(deployment)));
  t.true(wishes.isAtRest('a', stateOf()));
});

const counted = (failures: number | null, revision?: string): Entry => {
  const retry = failures && JSON.stringify({ failures, revision });
  const body = Buffer.from(
    JSON.stringify({ metadata: { annotations: { [ANNOTATION.retry]: retry } } }),
  );
  const url = new URL('http://x/apis/example.com/v1/namespaces/n/webapps/a');
  const asked = readRequest('PATCH', url, { contentType: 'application/merge-patch+json', body });
  return { ...asked, id: '', delivery: 0, status: 200, older: false };
};

test('a counter rises by one, begins again with another generation or commit, and what was refused is not counted', (t) => {
  const counters = new Counters();
  const answer = (generation: number, status = 200) => ({
    status,
    body: { metadata: { uid: 'w', generation } },
  });
  counters.see(counted(1), answer(1));
  counters.see(counted(2), answer(1, 409));
  counters.see(counted(2), answer(1));
  counters.see(counted(1), answer(2));
  counters.see(counted(null), answer(2));
  counters.see(counted(1), answer(2));
  counters.see(counted(2, 'c1'), answer(2));
  counters.see(counted(1, 'c2'), answer(2));
  t.deepEqual(counters.wrong, []);
  t.is(counters.counted.get('webapps/a'), 6);
  t.is(counters.highest, 2);
  counters.see(counted(3, 'c2'), answer(2));
  t.deepEqual(counters.wrong, ['webapps/a counts 3, not 2']);
});
