// Attempts that fail.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';
import { DEPLOYMENT, EVENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { isObserved } from '../../gitops/reconcile/visit.ts';
import { ANNOTATION, annotation, OPERATOR } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { conditionOf, type Stage, stage } from './stage.ts';
import { away, retryOf, withoutServices } from './without-services.ts';

async function eventsOf({ bench, key }: Stage) {
  const { items } = await bench.admin.list(EVENT, { namespace: key.namespace });
  return items.filter(({ reason }) => reason === 'ReconcileFailed');
}

const TOO_MUCH = { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } };

export function failures(the: () => Bench): void {
  passing(the);
  lasting(the);
}

function passing(the: () => Bench): void {
  test('a failure that may pass is counted on the WebApp and tried again when it is time', async (t) => {
    const it = await stage(the());
    it.through((cluster) => withoutServices(cluster));
    t.like(await it.visit(), { kind: 'retry', afterMs: 1_500 });
    t.truthy(await it.read(DEPLOYMENT), 'one bad child does not hold up the other');
    const due = (ms: number) => new Date(it.now() + ms).toISOString();
    t.like(await retryOf(it), { failures: 1, nextAttemptAt: due(1_500) });
    const webapp = await it.webapp();
    t.is(webapp.status.phase, 'Retrying');
    t.like(conditionOf(webapp, 'Ready'), { status: 'False', reason: 'ServiceUnavailable' });
    t.is(conditionOf(webapp, 'Reconciling')?.status, 'True');

    for (const kind of [WEBAPP, SERVICE]) {
      t.is((await it.visit(kind)).kind, 'quiet');
      t.deepEqual(it.count.writes(), []);
    }
    it.pass(1_499);
    t.is((await it.visit()).kind, 'quiet');
    it.pass(1);
    t.like(await it.visit(), { kind: 'retry', afterMs: 2_500 });
    t.like(await retryOf(it), { failures: 2, nextAttemptAt: due(2_500) });

    it.restart();
    it.pass(2_500);
    t.is((await it.visit()).kind, 'settled');
    t.deepEqual(await retryOf(it), {});
    t.truthy(await it.read(SERVICE));
    t.true(['Progressing', 'Ready'].includes((await it.webapp()).status.phase ?? ''));
  });

  test('the API server may ask for a longer wait', async (t) => {
    const it = await stage(the());
    it.through((cluster) => withoutServices(cluster, { retryAfterSeconds: 30 }));
    t.like(await it.visit(), { kind: 'retry', afterMs: 30_000 });
  });

  const reasons: Record<string, object> = {
    'a new spec': { spec: { image: 'newer:1' } },
    'a request': { metadata: { annotations: { [ANNOTATION.requestedAt]: 'now' } } },
  };
  for (const [reason, fields] of Object.entries(reasons)) {
    test(`${reason} does not wait for the next attempt`, async (t) => {
      const it = await stage(the());
      it.through((cluster) => withoutServices(cluster));
      await it.visit();
      t.is((await it.visit()).kind, 'quiet');
      await it.edit(fields);
      it.restart();
      t.is((await it.visit()).kind, 'settled');
      t.deepEqual(await retryOf(it), {});
    });
  }

  test('a failure is told as an event, and the same again as its count', async (t) => {
    const it = await stage(the());
    it.through((cluster) => withoutServices(cluster));
    await it.visit();
    const { uid } = (await it.webapp()).metadata;
    const [event, ...others] = await eventsOf(it);
    t.deepEqual(others, []);
    t.like(event, {
      type: 'Warning',
      reason: 'ReconcileFailed',
      count: 1,
      source: { component: OPERATOR },
    });
    t.like(event?.involvedObject, { kind: 'WebApp', name: 'shop', uid });
    t.regex(String(event?.message), /^ServiceUnavailable: .*try later/);
    it.pass(1_500);
    await it.visit();
    t.deepEqual(
      (await eventsOf(it)).map(({ count, lastTimestamp }) => [count, lastTimestamp]),
      [[2, new Date(it.now()).toISOString().replace(/\.\d+/, '')]],
    );
  });

  test('an event that may not be written changes nothing', async (t) => {
    const it = await stage(the());
    it.through((cluster) =>
      withMethods(withoutServices(cluster), {
        create: async (of) => {
          throw new ApiError(`POST ${of.plural}`, 403, { reason: 'Forbidden' });
        },
      }),
    );
    t.like(await it.visit(), { kind: 'retry', afterMs: 1_500 });
    t.like(await retryOf(it), { failures: 1 });
    t.deepEqual(await eventsOf(it), []);
  });

  test('what cannot be recorded is thrown, so that the caller tries again', async (t) => {
    const it = await stage(the());
    const refuse = async () => {
      throw away();
    };
    it.through((cluster) =>
      withMethods(cluster, { apply: refuse, applyStatus: refuse, patch: refuse }),
    );
    const before = await it.webapp();
    const error = await t.throwsAsync(it.visit(), { name: 'RetryableError' });
    t.regex(error.message, /try later/);
    t.deepEqual(await it.webapp(), before);
    it.through((cluster) => withMethods(cluster, { get: refuse }));
    await t.throwsAsync(it.visit(), { name: 'RetryableError' });
  });
}

function lasting(the: () => Bench): void {
  test('what the API server refuses stalls until the spec changes', async (t) => {
    const it = await stage(the(), TOO_MUCH);
    t.is((await it.visit()).kind, 'stalled');
    const webapp = await it.webapp();
    t.like(webapp.status, { phase: 'Failed', observedGeneration: 1 });
    const { reason, message = '' } = conditionOf(webapp, 'Stalled') ?? {};
    t.is(reason, 'Rejected');
    t.regex(message, /less than or equal to cpu limit/);
    t.is(annotation(webapp, ANNOTATION.retry), '');
    t.truthy(await it.read(SERVICE), 'one bad child does not hold up the other');

    it.pass(3_600_000);
    t.is((await it.visit()).kind, 'quiet');
    t.deepEqual(it.count.requests, ['get WebApp shop']);

    await it.edit({ spec: { resources: { requests: { cpu: '500m' } } } });
    t.is((await it.visit()).kind, 'settled');
    t.is(conditionOf(await it.webapp(), 'Stalled'), undefined);
    t.truthy(await it.read(DEPLOYMENT));
  });

  test('what the API server refuses of a commit is not tried again until another one comes', async (t) => {
    const it = await stage(the(), TOO_MUCH);
    const from = (revision: string) => ({
      metadata: { annotations: { [ANNOTATION.revision]: revision } },
    });
    await it.edit(from('main@sha1:a'));
    t.is((await it.visit()).kind, 'stalled');
    t.true(isObserved(await it.webapp()), 'a tick leaves it alone');
    t.is((await it.visit()).kind, 'quiet');
    await it.edit(from('main@sha1:b'));
    t.is((await it.visit()).kind, 'stalled');
    t.true(isObserved(await it.webapp()));
  });

  test('a full check of a stalled WebApp that finds it as it was writes nothing to it', async (t) => {
    const it = await stage(the(), TOO_MUCH);
    await it.visit();
    await it.visit(WEBAPP, { full: true });
    t.deepEqual(it.count.writes(), ['apply Deployment shop']);
  });

  test('a failure that passed leaves no trace when the next one is for good', async (t) => {
    const it = await stage(the(), TOO_MUCH);
    const refuse = async () => {
      throw away();
    };
    it.through((cluster) => withMethods(cluster, { apply: refuse }));
    t.is((await it.visit()).kind, 'retry');
    it.restart();
    it.pass(10_000);
    t.is((await it.visit()).kind, 'stalled');
    t.deepEqual(await retryOf(it), {});
    t.is((await it.visit()).kind, 'quiet');
  });
}
