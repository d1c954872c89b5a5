// The turns of WebAppSources in a tick: servers that hang are somebody else's, and hold up nobody.
import { once } from 'node:events';
import test from 'ava';
import { readConfig } from '../../functions/config.ts';
import { type Context, createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { onTick } from '../../functions/on-tick.ts';
import { writeRetry } from '../../gitops/backoff.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { BranchRequest } from '../../gitops/repository.ts';
import { ANNOTATION } from '../../gitops/webapp.ts';
import { NOW } from '../helpers/builders.ts';
import { FakeCluster } from '../helpers/fake-cluster.ts';
import { Random } from '../helpers/random.ts';

const NAMESPACE = 'shop';
const HANGING = Array.from({ length: 40 }, (_, n) => `a-${String(n).padStart(2, '0')}`);
const OTHER = 'z-other';
const APPLIED = 'a'.repeat(40);
const MOVED = 'b'.repeat(40);

// Signals that end after a time keep no process alive.
const alive = setInterval(() => {}, 1_000);
test.after.always(() => clearInterval(alive));

/** observed: only its branch is looked at. changed: its spec is new. failed: it is to be tried again. */
type State = 'observed' | 'changed' | 'failed';

async function addSource(fake: FakeCluster, name: string, state: State): Promise<void> {
  const key = { namespace: NAMESPACE, name };
  const spec = { url: `https://${name}.example/r.git`, branch: 'main', path: '.', interval: '10s' };
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const { metadata } = await fake.create(WEBAPP_SOURCE, { apiVersion, kind, metadata: key, spec });
  const ready = { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: '' };
  await fake.setStatus(WEBAPP_SOURCE, key, {
    observedGeneration: state === 'changed' ? 0 : 1,
    lastAppliedRevision: `main@sha1:${APPLIED}`,
    lastAttemptedRevision: `main@sha1:${APPLIED}`,
    conditions: [{ ...ready, lastTransitionTime: new Date(NOW).toISOString() }],
  });
  const retry = writeRetry(metadata, { failures: 1, nextAttemptAt: NOW - 1_000 });
  if (state === 'failed')
    await fake.edit(WEBAPP_SOURCE, key, {
      metadata: { annotations: { [ANNOTATION.retry]: retry } },
    });
}

/** Forty sources whose servers hang, and one whose server answers; returns the names whose branch was fetched, in order. */
async function open(hanging: State, other: State) {
  const fake = new FakeCluster();
  for (const name of HANGING) await addSource(fake, name, hanging);
  await addSource(fake, OTHER, other);
  const environment = {
    FUNCTIONS: 'sources,tick',
    REQUEST_TIMEOUT: '400ms',
    DRIFT_INTERVAL: '8760h',
  };
  const fetched: string[] = [];
  const ask = async ({ url, signal }: BranchRequest): Promise<string> => {
    if (!url.includes(OTHER) && !signal.aborted) await once(signal, 'abort');
    if (signal.aborted) throw new Error('nobody answers');
    return MOVED;
  };
  const dice = new Random(7);
  const real = createContext(readConfig(environment), undefined, createLog('silent'));
  const time = { now: NOW };
  const context: Context = {
    ...real,
    clock: { now: () => time.now, random: () => dice.below(1_000) / 1_000 },
    cluster: () => fake,
    later: () => {},
    repositories: {
      ...real.repositories,
      head: ask,
      fetch: async (request) => {
        fetched.push(new URL(request.url).hostname);
        throw new Error(await ask(request));
      },
    },
  };
  const tick = async () => {
    await onTick(context);
    time.now += 60_000;
  };
  return { fetched, tick };
}

test('a source that has changed is not kept from its turn by branches that cannot be looked at', async (t) => {
  const { fetched, tick } = await open('observed', 'changed');
  await tick();
  t.deepEqual(fetched, [`${OTHER}.example`]);
});

test('nor is one that is to be tried again', async (t) => {
  const { fetched, tick } = await open('observed', 'failed');
  await tick();
  t.deepEqual(fetched, [`${OTHER}.example`]);
});

test('what has failed before, and hangs again, comes after what has changed', async (t) => {
  const { fetched, tick } = await open('failed', 'changed');
  await tick();
  t.true(fetched.includes(`${OTHER}.example`), fetched.join());
});

test('of many branches that cannot be looked at, none is in front of a good one each time', async (t) => {
  const { fetched, tick } = await open('observed', 'observed');
  let ticks = 0;
  for (; ticks < 40 && fetched.length === 0; ticks++) await tick();
  t.log(`${ticks} ticks`);
  t.deepEqual(fetched, [`${OTHER}.example`]);
});
