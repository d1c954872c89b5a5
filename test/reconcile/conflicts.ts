// Others who write at the same time, and ends in the middle.
import test from 'ava';
import type { Cluster } from '../../gitops/cluster.ts';
import { RetryableError } from '../../gitops/errors.ts';
import { DEPLOYMENT, EVENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { GUARD, underPolicies } from './policies.ts';
import { changesOf, readyStage, type Stage, specOf, stage } from './stage.ts';

/** Lets somebody change the Service between our read and our write, that many times. */
function stormOn(it: Stage, times: number): { left: number } {
  const storm = { left: times };
  it.through((cluster) =>
    withMethods(cluster, {
      apply: async (of, desired, options) => {
        if (of === SERVICE && storm.left > 0) {
          storm.left--;
          await it.bench.edit(SERVICE, it.key, {
            metadata: { labels: { storm: `s${storm.left}` } },
          });
        }
        return cluster.apply(of, desired, options);
      },
    }),
  );
  return storm;
}

/** Ends with an error at the write of that number, as if the process had been killed there. */
function killedAt(cluster: Cluster, number: number): Cluster {
  let writes = 0;
  const dying = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (writes++ >= number) throw new Error('killed');
      return call(...args);
    };
  };
  const { apply, applyStatus, patch } = cluster;
  return withMethods(cluster, {
    apply: dying(apply.bind(cluster)),
    applyStatus: dying(applyStatus.bind(cluster)),
    patch: dying(patch.bind(cluster)),
  });
}

/** A cluster that takes no Service. */
function withoutServices(cluster: Cluster): Cluster {
  return withMethods(cluster, {
    apply: async (of, desired, options) => {
      if (of === SERVICE) throw new RetryableError('Away', 'no answer');
      return cluster.apply(of, desired, options);
    },
  });
}

/** Nor does this one, and the answer to each patch is lost: it is sent again, as the connection does. */
function unanswered(it: Stage, meanwhile: () => Promise<unknown> = async () => {}): void {
  it.through((cluster) =>
    withMethods(withoutServices(cluster), {
      patch: async (of, live, patch) => {
        await cluster.patch(of, live, patch);
        await meanwhile();
        return cluster.patch(of, live, patch);
      },
    }),
  );
}

async function toldOf(it: Stage) {
  const webapp = await it.webapp();
  const { items } = await it.bench.admin.list(EVENT, { namespace: it.key.namespace });
  return {
    failures: JSON.parse(annotation(webapp, ANNOTATION.retry) || '{}').failures,
    phase: webapp.status.phase,
    observed: webapp.status.observedGeneration,
    events: items.filter(({ reason }) => reason === 'ReconcileFailed').map(({ count }) => count),
  };
}

export function conflicts(the: () => Bench): void {
  test('a failure is told where the answer to its count was lost', async (t) => {
    const it = await stage(the());
    unanswered(it);
    t.like(await it.visit(), { kind: 'retry', afterMs: 1_500 });
    t.deepEqual(await toldOf(it), { failures: 1, phase: 'Retrying', observed: 1, events: [1] });
  });

  test('a failure is not told of a spec that came while it was counted', async (t) => {
    const it = await stage(the());
    let edits = 0;
    unanswered(it, async () => {
      if (edits++ === 0) await it.edit({ spec: { image: 'newer:1' } });
    });
    t.like(await it.visit(), { kind: 'retry', afterMs: 1_500 });
    t.deepEqual(await toldOf(it), { failures: 1, phase: 'Retrying', observed: 2, events: [1] });
  });

  test('a child that others keep changing is put right all the same', async (t) => {
    const it = await readyStage(the());
    await it.edit({ spec: { service: { type: 'NodePort' } } });
    const storm = stormOn(it, 3);
    t.deepEqual(changesOf(await it.visit()), ['apply Service']);
    t.is(storm.left, 0);
    t.like(await it.read(SERVICE), {
      metadata: { labels: { storm: 's0' } },
      spec: { type: 'NodePort' },
    });
    t.is(annotation(await it.webapp(), ANNOTATION.retry), '');
  });

  test('killed between the count and the status, the next visit says what the policies said', async (t) => {
    const it = await underPolicies(the(), GUARD);
    it.through(withoutServices);
    t.is((await it.visit()).kind, 'retry');
    it.pass(1_500);
    it.through((cluster) => killedAt(cluster, 2));
    await t.throwsAsync(it.visit(), { message: /killed/ });
    t.like(await toldOf(it), { failures: undefined, phase: 'Retrying' });
    it.restart();
    await it.bench.rolledOut(it.key);
    t.is((await it.visit(DEPLOYMENT)).kind, 'settled');
    t.is((await it.webapp()).status.policy?.verdict, 'allowed');
  });

  test('what a visit wrote before a conflict is among its changes', async (t) => {
    const it = await readyStage(the());
    await it.edit({ spec: { image: 'nginx:1.29', service: { type: 'NodePort' } } });
    stormOn(it, 1);
    t.deepEqual(changesOf(await it.visit()), ['apply Deployment', 'apply Service']);
  });

  test('a storm that does not end is told to the caller and counted as no failure', async (t) => {
    const it = await readyStage(the());
    await it.edit({ spec: { service: { type: 'NodePort' } } });
    const before = await it.webapp();
    const storm = stormOn(it, 1_000);
    await t.throwsAsync(it.visit(), { name: 'RetryableError' });
    t.is(1_000 - storm.left, 6);
    t.deepEqual(await it.webapp(), before);
  });

  test('two visits at once agree', async (t) => {
    const it = await stage(the(), { replicas: 2 });
    const outcomes = await Promise.all([it.visit(), it.visit(), it.visit(DEPLOYMENT), it.visit()]);
    // Who loses a race looks again, and may find everything done.
    const kinds = new Set(outcomes.map(({ kind }) => kind));
    t.deepEqual(kinds.difference(new Set(['settled', 'quiet'])), new Set());
    t.true(kinds.has('settled'));
    const webapp = await it.webapp();
    t.is(annotation(webapp, ANNOTATION.retry), '');
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 2);
    t.is((await it.read(SERVICE))?.metadata.ownerReferences?.[0]?.uid, webapp.metadata.uid);
  });

  test('a spec that changes during a visit is seen by the next', async (t) => {
    const it = await stage(the());
    let late = true;
    it.through((cluster) =>
      withMethods(cluster, {
        applyStatus: async (of, live, status) => {
          if (late) await it.edit({ spec: { image: 'newer:1' } });
          late = false;
          return cluster.applyStatus(of, live, status);
        },
      }),
    );
    t.is((await it.visit()).kind, 'settled');
    t.like(await it.webapp(), { status: { observedGeneration: 2 } });
    t.regex(JSON.stringify(await it.read(DEPLOYMENT)), /"image":"newer:1"/);
  });

  for (const [writes, missing] of [
    ['create Deployment', 'create Service'],
    ['create Service'],
    [],
  ].entries()) {
    test(`R01, R02: killed after ${writes} writes of its first visit, the next visit finishes and writes nothing again`, async (t) => {
      const it = await stage(the());
      it.through((cluster) => killedAt(cluster, writes));
      await t.throwsAsync(it.visit(), { message: 'killed' });
      const [deployment, service] = [await it.read(DEPLOYMENT), await it.read(SERVICE)];
      t.is([deployment, service].filter(Boolean).length, Math.min(writes, 2));
      it.restart();
      t.deepEqual(changesOf(await it.visit()), missing);
      const [after, serviceAfter] = [await it.read(DEPLOYMENT), await it.read(SERVICE)];
      // The version of a Deployment moves with the controllers of a real cluster; nobody else writes to a Service.
      t.is(after?.metadata.uid, deployment?.metadata.uid ?? after?.metadata.uid);
      t.deepEqual(after?.spec, deployment?.spec ?? after?.spec);
      t.deepEqual(serviceAfter?.metadata, service?.metadata ?? serviceAfter?.metadata);
      t.truthy(after && serviceAfter);
      t.like(await it.webapp(), { status: { observedGeneration: 1 } });
      t.deepEqual(changesOf(await it.visit(WEBAPP, { full: true })), []);
    });
  }
}
