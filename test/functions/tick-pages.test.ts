// Ticks over more WebApps than a page of the list holds: none is left out, whatever a tick is kept from.
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { readConfig } from '../../functions/config.ts';
import { type Context, createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { onTick } from '../../functions/on-tick.ts';
import { ApiError } from '../../gitops/api-error.ts';
import { readRetry } from '../../gitops/backoff.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { DEPLOYMENT, SERVICE, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { NOW } from '../helpers/builders.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { Random } from '../helpers/random.ts';
import { samplesIn, sum } from '../metrics/exposed.ts';

const FLEET = 1_200;
const NAMESPACE = 'shop';
const TICK_MS = 60_000;
/** Long enough for a slow machine to list all, and begin what is due. */
const HANGING = { REQUEST_TIMEOUT: '1500ms' };
const HANG_MS = 1_600;
const nameOf = (number: number) => `app-${String(number).padStart(4, '0')}`;
const ALL = Array.from({ length: FLEET }, (_, number) => nameOf(number));
/** 5 %, on all pages. */
const CHANGED = ALL.filter((_, number) => number % 20 === 7);
const AWAY = new ApiError('PATCH /x', 503, { reason: 'ServiceUnavailable', message: 'later' });

type Change = (cluster: Cluster) => Partial<Cluster>;

/** A fleet at rest of which some have changed, and the functions on a cluster that the test may spoil. */
async function open(changed: readonly string[], environment: Record<string, string> = {}) {
  const fake = new FakeCluster();
  for (const name of ALL) await fake.create(WEBAPP, webapp(NAMESPACE, name));
  for (const name of new Set(ALL).difference(new Set(changed))) await rest(fake, name);
  const time = { now: NOW };
  const dice = new Random(39);
  let change: Change = () => ({});
  // All tests of this file share the processor, so a tick has time, unless it is about what it has no time for.
  const patient = { REQUEST_TIMEOUT: '5m', DRIFT_INTERVAL: '8760h' };
  const config = readConfig({ FUNCTIONS: 'webapps,tick', ...patient, ...environment });
  const context: Context = {
    ...createContext(config, undefined, createLog('silent')),
    clock: { now: () => time.now, random: () => dice.below(1_000) / 1_000 },
    cluster: () => withMethods(fake, change(fake)),
    later: () => {},
  };
  return {
    fake,
    time,
    context,
    spoil: (how: Change) => {
      change = how;
    },
    completedAt: async () => {
      const samples = samplesIn(await context.metrics.registry.metrics());
      return sum(samples, 'webapp_tick_completed_timestamp_seconds') * 1_000;
    },
    isDone: async (name: string) =>
      (await fake.get(DEPLOYMENT, { namespace: NAMESPACE, name })) !== undefined,
    failuresOf: async (name: string) => {
      const live = await fake.get(WEBAPP, { namespace: NAMESPACE, name });
      const text = live ? annotation(live, ANNOTATION.retry) : '';
      return (live && readRetry(live.metadata, text, time.now)?.failures) ?? 0;
    },
  };
}

/** Suspended, so that a full check of it is one read, and no write. */
async function rest(fake: FakeCluster, name: string): Promise<void> {
  const key = { namespace: NAMESPACE, name };
  await fake.edit(WEBAPP, key, { spec: { suspend: true } });
  const ready = { type: 'Ready', status: 'Unknown', reason: 'Suspended', message: '' };
  const conditions = [{ ...ready, lastTransitionTime: new Date(NOW).toISOString() }];
  await fake.setStatus(WEBAPP, key, { observedGeneration: 2, phase: 'Suspended', conditions });
}

async function filterAsync(names: readonly string[], holds: (name: string) => Promise<boolean>) {
  const held = await Promise.all(names.map(holds));
  return names.filter((_, index) => held[index]);
}

type Opened = Awaited<ReturnType<typeof open>>;

interface Wanted {
  readonly names: readonly string[];
  readonly atMost: number;
}

/** Ticks until these are done, and returns how many ticks that took. */
async function ticksUntilDone(
  t: ExecutionContext,
  it: Opened,
  { names, atMost }: Wanted,
): Promise<number> {
  let ticks = 0;
  while ((await filterAsync(names, it.isDone)).length < names.length && ticks < atMost) {
    ticks++;
    t.is((await onTick(it.context)).status, 200);
    it.time.now += TICK_MS;
  }
  t.log(`${ticks} ticks`);
  return ticks;
}

test('R39: two ticks at once over 1,200 WebApps: each that is due is attempted once, and none is left out', async (t) => {
  const it = await open(CHANGED);
  const broken = new Set(CHANGED.filter((_, index) => index % 2 === 0));
  const made: string[] = [];
  it.spoil((cluster) => ({
    apply: async (of, desired, options) => {
      const { name } = desired.metadata;
      if (of === SERVICE && broken.has(name)) throw AWAY;
      const object = await cluster.apply(of, desired, options);
      if (of === DEPLOYMENT) made.push(name);
      return object;
    },
  }));
  const answers = await Promise.all([onTick(it.context), onTick(it.context)]);
  t.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  t.deepEqual(made.sort(), CHANGED);
  for (const name of ALL) t.is(await it.failuresOf(name), broken.has(name) ? 1 : 0, name);
  t.is(await it.completedAt(), NOW);
});

test('R39: a list that ends in the middle is told to the caller, counts as no tick, and the next one visits all', async (t) => {
  const it = await open(CHANGED);
  let isGone = true;
  it.spoil((cluster) => ({
    list: async (of, options) => {
      if (of !== WEBAPP || !options?.next || !isGone) return cluster.list(of, options);
      isGone = false;
      throw new ApiError('GET /webapps', 410, { reason: 'Expired', message: 'too old' });
    },
  }));
  const answer = await onTick(it.context);
  t.is(answer.status, 503);
  t.false(isGone);
  t.is(await it.completedAt(), 0);
  const first = await filterAsync(CHANGED, it.isDone);
  t.deepEqual(
    first,
    CHANGED.filter((name) => name < nameOf(500)),
    'what was seen is visited',
  );

  it.time.now += TICK_MS;
  t.like(await onTick(it.context), { status: 200 });
  t.deepEqual(await filterAsync(ALL, it.isDone), CHANGED);
  t.is(await it.completedAt(), it.time.now);
});

test('a Git server that hangs keeps no WebApp from its turn', async (t) => {
  const it = await open(CHANGED, { FUNCTIONS: 'webapps,sources,tick' });
  const { apiVersion, kind } = WEBAPP_SOURCE;
  for (const name of ALL.slice(0, 40)) {
    const spec = { url: 'https://git.example/a.git', branch: 'main', path: '.', interval: '5m' };
    const metadata = { namespace: NAMESPACE, name };
    await it.fake.create(WEBAPP_SOURCE, { apiVersion, kind, metadata, spec });
  }
  const given = Promise.withResolvers<never>();
  const { repositories } = it.context;
  const fetch = () => given.promise;
  const tick = onTick({ ...it.context, repositories: { ...repositories, fetch } });
  await eventually(
    'all are done while Git hangs',
    async () => (await filterAsync(CHANGED, it.isDone)).length === CHANGED.length,
  );
  given.reject(new Error('nobody answers'));
  t.is((await tick).status, 200);
});

test('where WebApps of the first page hang until the time is over, those of the last have their turn', async (t) => {
  const hanging = new Set(ALL.slice(0, 24));
  const it = await open([...hanging, ...CHANGED], HANGING);
  const others = CHANGED.filter((name) => !hanging.has(name));
  const turns: string[] = [];
  it.spoil((cluster) => ({
    apply: async (of, desired, options) => {
      const { name } = desired.metadata;
      if (of === DEPLOYMENT) turns.push(name);
      if (!hanging.has(name)) return cluster.apply(of, desired, options);
      await sleep(HANG_MS);
      throw AWAY;
    },
  }));
  const ticks = await ticksUntilDone(t, it, { names: others, atMost: 30 });
  t.true(ticks < 30);
  // However many ticks that takes: each has its first turn before any has a second.
  const first = turns.slice(0, turns.findLastIndex((name) => !hanging.has(name)) + 1);
  t.deepEqual(first, [...new Set(first)]);
});

test('nor do those that hang and keep every record out keep the last from their turn', async (t) => {
  const hanging = new Set(ALL.slice(0, 12));
  const it = await open([...hanging, ...CHANGED], HANGING);
  const refuse = async (name: string) => {
    if (hanging.has(name)) throw AWAY;
  };
  it.spoil((cluster) => ({
    apply: async (of, desired, options) => {
      if (hanging.has(desired.metadata.name)) await sleep(HANG_MS);
      await refuse(desired.metadata.name);
      return cluster.apply(of, desired, options);
    },
    patch: async (of, live, patch) => {
      await refuse(live.metadata.name);
      return cluster.patch(of, live, patch);
    },
    applyStatus: async (of, live, status) => {
      await refuse(live.metadata.name);
      return cluster.applyStatus(of, live, status);
    },
  }));
  const others = CHANGED.filter((name) => !hanging.has(name));
  const ticks = await ticksUntilDone(t, it, { names: others, atMost: 60 });
  t.true(ticks < 60);
});

test('of full checks no turn is lost where a tick takes its time', async (t) => {
  const it = await open([], { DRIFT_INTERVAL: '120s' });
  const checked: string[] = [];
  const delays = [0, 20_000];
  let delay = 0;
  it.spoil((cluster) => ({
    list: async (of, options) => {
      if (of === WEBAPP && options?.next) it.time.now += delay;
      return cluster.list(of, options);
    },
    get: async (of, key) => {
      if (of === WEBAPP) checked.push(key.name);
      return cluster.get(of, key);
    },
  }));
  for (const [index, each] of delays.entries()) {
    delay = each / 2;
    it.time.now = NOW + index * TICK_MS;
    await onTick(it.context);
  }
  const forgotten = new Set(ALL).difference(new Set(checked)).size;
  t.deepEqual({ forgotten, checked: checked.length }, { forgotten: 0, checked: FLEET });
});
