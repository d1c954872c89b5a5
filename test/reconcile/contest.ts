// Somebody else's controller that undoes at once what we put right, again and again.
import test from 'ava';
import { DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { Bench } from '../cluster/bench.ts';
import { changesOf, conditionOf, readyStage, type Stage, specOf } from './stage.ts';

const PUT_RIGHT = ['apply Service'];

/** Another controller points the Service elsewhere. */
const rival = (it: Stage) =>
  it.bench.edit(SERVICE, it.key, { spec: { selector: { 'app.kubernetes.io/name': 'rival' } } });

async function fight(it: Stage, times: number) {
  const done: string[][] = [];
  for (let i = 0; i < times; i++) {
    await rival(it);
    done.push(changesOf(await it.visit(SERVICE)));
  }
  return done;
}

export function contest(the: () => Bench): void {
  test('a child that is changed again each time is put right five times in two minutes; then status and event name who does it', async (t) => {
    const it = await readyStage(the());
    t.deepEqual(await fight(it, 5), Array(5).fill(PUT_RIGHT));
    await rival(it);
    t.like(await it.visit(SERVICE), { kind: 'retry' });
    t.deepEqual(
      it.count.writes().filter((line) => line.includes('Service')),
      [],
    );
    const ready = conditionOf(await it.webapp(), 'Ready');
    t.like(ready, { status: 'False', reason: 'Contested' });
    t.regex(
      ready?.message ?? '',
      /^Service shop was put right 5 times within two minutes, and spec\.selector\S* was changed again by "kubectl-edit"/,
    );
    // Its further changes cost a read or two, whatever their number.
    await rival(it);
    t.like(await it.visit(SERVICE), { kind: 'quiet' });
    t.deepEqual(it.count.writes(), []);
  });

  test('a child that nobody changes any more is put right as soon as two minutes are over', async (t) => {
    const it = await readyStage(the());
    await fight(it, 5);
    await rival(it);
    await it.visit(SERVICE);
    it.pass(121_000);
    t.deepEqual(changesOf(await it.visit(SERVICE)), PUT_RIGHT);
    t.like(conditionOf(await it.webapp(), 'Ready'), { status: 'True' });
    t.deepEqual(specOf(await it.read(SERVICE)).selector, {
      'app.kubernetes.io/instance': 'shop',
      'app.kubernetes.io/name': 'shop',
    });
  });

  test('another child is put right all the same', async (t) => {
    const it = await readyStage(the());
    await fight(it, 5);
    await rival(it);
    await it.bench.edit(DEPLOYMENT, it.key, { spec: { replicas: 5 } });
    await it.bench.rolledOut(it.key);
    t.like(await it.visit(WEBAPP, { full: true }), { kind: 'retry' });
    t.is(specOf(await it.read(DEPLOYMENT)).replicas, 1);
    t.like(specOf(await it.read(SERVICE)).selector, { 'app.kubernetes.io/name': 'rival' });
    t.is(conditionOf(await it.webapp(), 'Ready')?.reason, 'Contested');
  });

  test('what a new spec asks for does not wait for an end of the contest', async (t) => {
    const it = await readyStage(the());
    await fight(it, 5);
    await rival(it);
    await it.visit(SERVICE);
    await it.edit({ spec: { port: 8080 } });
    t.deepEqual(changesOf(await it.visit()), ['apply Deployment', 'apply Service']);
  });
}
