// The trace a sync is in: left on what it writes anyway, and never a reason to write.
import test from 'ava';
import { WEBAPP } from '../../gitops/kinds.ts';
import { traceOriginOf } from '../../gitops/trace-origin.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { app, findings, type Grounds, type SyncStage, stage } from './stage.ts';

const FIRST = `00-${'1'.repeat(32)}-${'a'.repeat(16)}-01`;
const SECOND = `00-${'2'.repeat(32)}-${'a'.repeat(16)}-01`;

const traceOf = async (it: SyncStage, name: string) => {
  const webapp = await it.webapp(name);
  return webapp && annotation(webapp, ANNOTATION.traceparent);
};

export function tracing(the: () => Grounds): void {
  test('tracing: a sync leaves its trace on the WebApps that it writes, and on no other', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a'), 'b.yaml': app('b') });
    it.through({ traceparent: FIRST });
    t.is((await it.sync()).kind, 'synced');
    t.is(await traceOf(it, 'a'), FIRST);

    it.through({ traceparent: SECOND });
    await it.repo.clone.push({ 'b.yaml': app('b', 'b:2') });
    await it.sync('changed');
    t.is(await traceOf(it, 'a'), FIRST);
    t.is(await traceOf(it, 'b'), SECOND);
  });

  test('tracing: another trace, or none, is no reason to write', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    it.through({ traceparent: FIRST });
    await it.sync();
    for (const change of [{ traceparent: SECOND }, {}]) {
      it.through(change);
      await it.sync('all');
      t.deepEqual(it.count.writes(), []);
      t.is(await traceOf(it, 'a'), FIRST);
    }
  });

  test('tracing: where nothing is traced any more, the next write takes the trace away', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    it.through({ traceparent: FIRST });
    await it.sync();
    it.through({});
    await it.repo.clone.push({ 'a.yaml': app('a', 'a:2') });
    await it.sync('all');
    t.deepEqual(await it.images(), { a: 'a:2' });
    t.is(await traceOf(it, 'a'), '');
  });

  test('tracing: the first visit of a commit goes on with its trace, later ones point at it', async (t) => {
    const it = await stage(the(), { 'a.yaml': app('a') });
    it.through({ traceparent: FIRST });
    await it.sync();
    const origin = async () => {
      const webapp = await it.webapp('a');
      return webapp && traceOriginOf(webapp);
    };
    t.deepEqual(await origin(), { traceparent: FIRST, isNews: true });
    await it.visit('a');
    t.deepEqual(await origin(), { traceparent: FIRST, isNews: false });
    await it.bench.edit(WEBAPP, { ...it.key, name: 'a' }, { spec: { replicas: 3 } });
    t.deepEqual(await origin(), { traceparent: FIRST, isNews: false });
  });

  test('tracing: a file cannot say in which trace it is', async (t) => {
    const metadata = `  annotations: {${ANNOTATION.traceparent}: ${FIRST}}\n`;
    const text = app('a').replace('  name: a\n', `  name: a\n${metadata}`);
    const it = await stage(the(), { 'a.yaml': text });
    await it.sync();
    t.deepEqual(findings(await it.source()), ['a.yaml:5:50 error']);
    t.is(await it.webapp('a'), undefined);
  });
}
