// How failures are counted: each once, and from one on where something was asked for.
import test from 'ava';
import { ANNOTATION, annotating } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { stage } from './stage.ts';
import { away, retryOf, withoutServices } from './without-services.ts';

export function counts(the: () => Bench): void {
  test('R34: of ten failures each is counted, in at most two writes, and the waits double up to the cap', async (t) => {
    const it = await stage(the());
    it.through((cluster) => withoutServices(cluster));
    const seconds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300];
    for (const [index, each] of seconds.entries()) {
      const [failures, afterMs] = [index + 1, each * 1_000 + 500];
      t.like(await it.visit(), { kind: 'retry', afterMs });
      const writes = it.count.writes().filter((line) => line.includes(' WebApp '));
      // What the status says is the same from the second on.
      const told = failures === 1 ? ['applyStatus WebApp shop'] : [];
      t.deepEqual(writes, ['patch WebApp shop', ...told], `attempt ${failures}`);
      const nextAttemptAt = new Date(it.now() + afterMs).toISOString();
      t.like(await retryOf(it), { failures, nextAttemptAt });
      t.is((await it.visit()).kind, 'quiet');
      t.deepEqual(it.count.writes(), [], 'the events of these writes bring none');
      it.pass(afterMs);
    }
  });

  test('a request has the failures counted from one on, and the same one no second time', async (t) => {
    const it = await stage(the());
    it.through((cluster) => withoutServices(cluster));
    const fails = async (failures: number) => {
      const afterMs = 1_000 * 2 ** (failures - 1) + 500;
      t.like(await it.visit(), { kind: 'retry', afterMs });
      t.like(await retryOf(it), { failures });
      it.pass(afterMs);
    };
    for (const failures of [1, 2, 3, 4]) await fails(failures);
    await it.edit(annotating(ANNOTATION.requestedAt, 'now'));
    for (const failures of [1, 2, 3]) await fails(failures);
    await it.edit(annotating(ANNOTATION.requestedAt, 'x'.repeat(5_000)));
    for (const failures of [1, 2, 3]) await fails(failures);
  });

  test('a request is one, also where the status cannot say that it was answered', async (t) => {
    const it = await stage(the());
    it.through((cluster) => withoutServices(cluster));
    await it.visit();
    await it.edit(annotating(ANNOTATION.requestedAt, 'now'));
    const refuse = async () => {
      throw away();
    };
    it.through((cluster) => withMethods(withoutServices(cluster), { applyStatus: refuse }));
    for (const failures of [1, 2, 3]) {
      await t.throwsAsync(it.visit(), { name: 'RetryableError' });
      t.like(await retryOf(it), { failures });
    }
  });

  test('a failure whose count meets a conflict counts once', async (t) => {
    const it = await stage(the());
    let late = true;
    it.through((cluster) =>
      withMethods(withoutServices(cluster), {
        patch: async (of, live, patch) => {
          if (late) await it.edit({ metadata: { labels: { by: 'hand' } } });
          late = false;
          return cluster.patch(of, live, patch);
        },
      }),
    );
    t.is((await it.visit()).kind, 'retry');
    t.false(late);
    t.like(await retryOf(it), { failures: 1 });
  });

  test('of two visits that fail at once, one is counted', async (t) => {
    const it = await stage(the());
    it.through((cluster) => withoutServices(cluster));
    await Promise.all([it.visit(), it.visit(), it.visit()]);
    t.like(await retryOf(it), { failures: 1 });
  });
}
