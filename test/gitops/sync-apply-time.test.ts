// When the time for writing is over: what was begun is finished, what was not is left for the next visit.
import test from 'ava';
import { ApiError } from '../../gitops/api-error.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { readManifests } from '../../gitops/sync/manifests.ts';
import { applyPlan } from '../../gitops/sync/sync-apply.ts';
import type { ApplyMode } from '../../gitops/sync/sync-write.ts';
import { SOURCE_MANAGER } from '../../gitops/webapp.ts';
import { having, webapp, webappSource } from '../helpers/builders.ts';
import { notedMeter } from '../helpers/policy-meter.ts';

const PARALLEL = 8;
const names = (count: number, start = 0) =>
  Array.from({ length: count }, (_, i) => `w${String(start + i).padStart(2, '0')}`);
const entriesOf = (list: string[], path = 'a.yaml') => list.map((name) => ({ name, path }));
const manifestsOf = (list: string[]) => {
  const documents = list.map(
    (name) =>
      `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: ${name}}\nspec: {image: a}\n`,
  );
  return readManifests('a.yaml', documents.join('---\n'), 'default').manifests;
};
const label = { 'f:webapps.example.com/source': {} };
const entry = {
  manager: SOURCE_MANAGER,
  operation: 'Apply' as const,
  fieldsV1: { 'f:metadata': { 'f:labels': label } },
};
const ours = (name: string) =>
  having(webapp(), {
    name,
    labels: { 'webapps.example.com/source': 'team' },
    managedFields: [entry],
  });

/** A cluster that takes note of what is done; `refuse` throws for a write that is not to succeed. */
function notebook(refuse: (desired: KubeObject, dryRun: boolean) => void = () => {}) {
  const done: string[] = [];
  const cluster = {
    apply: async (_of: unknown, desired: KubeObject, { dryRun = false }) => {
      done.push(`${dryRun ? 'dry ' : ''}apply ${desired.metadata.name}`);
      refuse(desired, dryRun);
      return desired;
    },
    get: async (_of: unknown, { name }: { name: string }) => {
      done.push(`get ${name}`);
      return ours(name);
    },
    delete: async (_of: unknown, { metadata }: KubeObject) => {
      done.push(`delete ${metadata.name}`);
    },
  } as unknown as Cluster;
  return { done, cluster };
}

/** Over after that many questions. */
function overAfter(count: number): () => boolean {
  let asked = 0;
  return () => asked++ >= count;
}

interface Work {
  readonly apply: string[];
  readonly prune?: string[];
  readonly kept?: string[];
  readonly atomic?: boolean;
  readonly mode: Pick<ApplyMode, 'cluster' | 'isOver'> & Partial<ApplyMode>;
}

/** The inventory before has what is to be pruned and kept, unless the mode says otherwise. */
function run({ apply, prune = [], kept = [], atomic = false, mode }: Work) {
  const inventory = entriesOf([...prune, ...kept]);
  return applyPlan(
    webappSource({ spec: { atomic } }),
    { apply: manifestsOf(apply), prune, kept: entriesOf(kept), problems: [] },
    { revision: 'main@sha1:new', inventory, live: undefined, meter: notedMeter(), ...mode },
  );
}

test('time over from the start: nothing is written or pruned, and new WebApps are in no inventory', async (t) => {
  const { done, cluster } = notebook();
  const result = await run({
    apply: names(20),
    prune: ['gone'],
    kept: ['kept'],
    mode: { cluster, isOver: () => true },
  });
  t.deepEqual(done, []);
  t.like(result, { postponed: 20, applied: [], pruned: [], problems: [] });
  t.false('failure' in result);
  t.deepEqual(result.inventory, entriesOf(['kept', 'gone']));
});

for (const begun of [1, PARALLEL - 1, PARALLEL, PARALLEL + 1, 19]) {
  test(`time over after ${begun} of 20: those are written and listed, nothing is pruned`, async (t) => {
    const { done, cluster } = notebook();
    const isOver = overAfter(begun);
    const result = await run({ apply: names(20), prune: ['gone'], mode: { cluster, isOver } });
    const written = names(begun);
    t.deepEqual(
      done,
      written.map((name) => `apply ${name}`),
    );
    t.like(result, { postponed: 20 - begun, applied: written, pruned: [] });
    t.deepEqual(result.inventory, entriesOf([...written, 'gone']));
  });
}

test('time that suffices to the last one: nothing is left over, and what is gone is pruned', async (t) => {
  const { done, cluster } = notebook();
  const isOver = overAfter(20);
  const result = await run({ apply: names(20), prune: ['gone'], mode: { cluster, isOver } });
  t.like(result, { postponed: 0, applied: names(20), pruned: ['gone'] });
  t.deepEqual(done.slice(20), ['get gone', 'delete gone']);
  t.deepEqual(result.inventory, entriesOf(names(20)));
});

test('time over: a WebApp that was there stays in the inventory', async (t) => {
  const { cluster } = notebook();
  const inventory = entriesOf(names(3, 10));
  const result = await run({
    apply: names(13),
    mode: { cluster, inventory, isOver: overAfter(2) },
  });
  t.is(result.postponed, 11);
  t.deepEqual(result.inventory, entriesOf([...names(2), ...names(3, 10)]));
});

test('time over: one that is as it should be counts as left over too, as nobody has looked', async (t) => {
  const { cluster } = notebook();
  const live = new Map(names(2).map((name) => [name, ours(name)]));
  const inventory = entriesOf(names(2));
  const result = await run({
    apply: names(2),
    mode: { cluster, inventory, live, isOver: overAfter(1) },
  });
  t.is(result.postponed, 1);
  t.deepEqual(result.inventory, inventory);
});

test('time over: what was begun is finished, its second try included', async (t) => {
  let first = true;
  const { done, cluster } = notebook(() => {
    if (first) {
      first = false;
      throw new ApiError('PATCH /x', 409, { reason: 'Conflict' });
    }
  });
  const result = await run({ apply: names(2), mode: { cluster, isOver: overAfter(1) } });
  t.deepEqual(done, ['apply w00', 'get w00', 'apply w00']);
  t.like(result, { postponed: 1, applied: ['w00'] });
});

test('time over: a failure is told all the same, and what failed may be there', async (t) => {
  const { cluster } = notebook(() => {
    throw new ApiError('PATCH /x', 503, { reason: 'ServiceUnavailable' });
  });
  const result = await run({ apply: names(9), mode: { cluster, isOver: overAfter(1) } });
  t.like(result, { postponed: 8, applied: [], failure: { reason: 'ServiceUnavailable' } });
  t.deepEqual(result.inventory, entriesOf(['w00']));
});

test('atomic: the rehearsal takes the time it needs, the writing does not', async (t) => {
  const { done, cluster } = notebook();
  const isOver = overAfter(1);
  const result = await run({
    apply: names(12),
    prune: ['gone'],
    atomic: true,
    mode: { cluster, isOver },
  });
  t.deepEqual(done, [...names(12).map((name) => `dry apply ${name}`), 'apply w00']);
  t.like(result, { postponed: 11, applied: ['w00'], pruned: [] });
  t.deepEqual(result.inventory, entriesOf(['w00', 'gone']));
});

test('atomic: a WebApp that is refused is found though time is over, and nothing is left over', async (t) => {
  const { done, cluster } = notebook(({ metadata }) => {
    if (metadata.name === 'w11') throw new ApiError('PATCH /x', 422, { message: 'no' });
  });
  const result = await run({
    apply: names(12),
    kept: ['kept'],
    atomic: true,
    mode: { cluster, isOver: () => true },
  });
  t.true(done.every((one) => one.startsWith('dry ')));
  t.like(result, { postponed: 0, applied: [], pruned: [] });
  t.is(result.problems.length, 1);
  t.deepEqual(result.inventory, entriesOf(['kept']));
});
