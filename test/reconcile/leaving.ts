// Children that are wanted and on their way out: nothing is written to them, and nobody is told that all is well.
import test from 'ava';
import { dueWebApp } from '../../functions/tick/due-webapp.ts';
import { DEPLOYMENT, EVENT, type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { eventually } from '../cluster/eventually.ts';
import { changesOf, conditionOf, readyStage, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;
const EDITED = {
  metadata: { annotations: { [ANNOTATION.revision]: 'main@sha1:new' } },
  spec: { image: 'nginx:1.28', port: 8080 },
};

export function leaving(the: () => Bench): void {
  for (const [kind, other] of [
    [DEPLOYMENT, SERVICE],
    [SERVICE, DEPLOYMENT],
  ] as const) {
    test(`a ${kind.kind} that is being deleted lets nobody be told of success before it is back`, async (t) => {
      const it = await readyStage(the());
      await hold(it, kind);
      await it.visit(kind);
      t.like(conditionOf(await it.webapp(), 'Ready'), WAITING, 'the event of its deletion tells');

      await it.edit(EDITED);
      t.deepEqual(changesOf(await it.visit()), [`apply ${other.kind}`], 'the rest is done');
      if (kind === SERVICE) await it.bench.rolledOut(it.key);
      for (const visited of [other, WEBAPP, DEPLOYMENT]) await it.visit(visited);
      const webapp = await it.webapp();
      t.like(webapp.status, { observedGeneration: 2, phase: 'Progressing' });
      const ready = conditionOf(webapp, 'Ready');
      t.like(ready, WAITING);
      t.regex(ready?.message ?? '', new RegExp(`being deleted, .*: ${kind.kind} shop$`));
      t.is(conditionOf(webapp, 'Reconciling')?.status, 'True');
      const { lastAppliedRevision, lastAttemptedRevision } = webapp.status;
      t.deepEqual([lastAppliedRevision, lastAttemptedRevision], [undefined, 'main@sha1:new']);
      t.is(dueWebApp(webapp, at(it))?.reason, 'progressing', 'a lost event is made up for');
      t.is(annotation(webapp, ANNOTATION.retry), '', 'to wait is no failure');
      t.deepEqual((await it.bench.admin.list(EVENT, it.key)).items.filter(isFailure), []);

      await it.bench.edit(kind, it.key, { metadata: { finalizers: null } });
      await eventually('it is gone', async () => (await it.read(kind)) === undefined);
      t.deepEqual(changesOf(await it.visit(kind)), [`create ${kind.kind}`]);
      await it.bench.rolledOut(it.key);
      await it.visit(DEPLOYMENT);
      const { status } = await it.webapp();
      t.like(status, { phase: 'Ready', lastAppliedRevision: 'main@sha1:new' });
    });
  }

  test('after an event about another child, too, one that is gone comes back', async (t) => {
    const it = await readyStage(the());
    await hold(it, SERVICE);
    await it.visit(SERVICE);
    await it.bench.edit(SERVICE, it.key, { metadata: { finalizers: null } });
    await eventually('it is gone', async () => (await it.read(SERVICE)) === undefined);
    it.restart();
    t.deepEqual(changesOf(await it.visit(DEPLOYMENT)), ['create Service']);
    t.is((await it.webapp()).status.phase, 'Ready');
  });
}

const WAITING = { status: 'False', reason: 'WaitingForDeletion' };

const at = (it: Stage) => ({ now: it.now(), tickMs: 0, driftMs: HOUR_MS });
const isFailure = ({ reason }: KubeObject) => reason === 'ReconcileFailed';

/** Deletes a child while a finalizer holds it. */
async function hold({ bench, key }: Stage, kind: Kind): Promise<void> {
  const metadata = { finalizers: ['example.org/hold'] };
  await bench.admin.delete(kind, await bench.edit(kind, key, { metadata }));
}
