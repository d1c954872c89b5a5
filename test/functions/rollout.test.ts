// What a rollout decides, by a cluster of one Service and numbers made up; test/rollout is the real thing.
import test from 'ava';
import type { Counts } from '../../functions/rollout/judge.ts';
import { judge } from '../../functions/rollout/judge.ts';
import { type KnativeService, releaseOf } from '../../functions/rollout/knative-service.ts';
import { type Means, type Plan, pin, rollOut } from '../../functions/rollout/rollout.ts';
import type { KubeObject } from '../../gitops/objects.ts';

const LIMITS = { maxFailed: 0.1, minVisits: 20 };
const counts = (visits: number, failed: number): Counts => ({ visits, failed });

for (const [title, canary, stable, verdict] of [
  ['none fails', counts(20, 0), counts(200, 0), 'good'],
  ['as many as may', counts(100, 10), counts(900, 0), 'good'],
  ['one more', counts(100, 11), counts(900, 0), 'worse'],
  ['all of too few', counts(19, 19), counts(900, 0), 'few'],
  ['the stable one fails, too', counts(100, 50), counts(900, 450), 'alike'],
  ['it fails much more often', counts(100, 61), counts(900, 450), 'worse'],
  ['nothing is known of the stable one', counts(100, 50), counts(0, 0), 'worse'],
] as const) {
  test(`judged: ${title}`, (t) => {
    t.is(judge(canary, stable, LIMITS), verdict);
  });
}

function service(traffic?: object[], status: object = {}): KnativeService {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'reconcile', namespace: 'system', generation: 2 },
    spec: traffic ? { traffic } : {},
    status: {
      observedGeneration: 2,
      latestCreatedRevisionName: 'r-2',
      latestReadyRevisionName: 'r-2',
      ...status,
    },
  } as KnativeService;
}

test('where a release stands', (t) => {
  const settled = { kind: 'settled', stable: 'r-2' };
  t.deepEqual(releaseOf(service()), settled);
  t.deepEqual(releaseOf(service([{ latestRevision: true, percent: 100 }])), settled);
  t.deepEqual(releaseOf(service([{ revisionName: 'r-2', percent: 100 }])), settled);
  const canary = { kind: 'canary', stable: 'r-1', canary: 'r-2' };
  t.deepEqual(releaseOf(service([{ revisionName: 'r-1', percent: 100 }])), canary);
  const broken = [
    { revisionName: 'r-2', percent: 10 },
    { revisionName: 'r-1', percent: 90 },
  ];
  t.deepEqual(releaseOf(service(broken)), canary);
  t.is(releaseOf(service(undefined, { observedGeneration: 1 })).kind, 'starting');
  const conditions = [{ type: 'ConfigurationsReady', status: 'False', message: 'no such image' }];
  t.deepEqual(releaseOf(service(undefined, { latestReadyRevisionName: 'r-1', conditions })), {
    kind: 'starting',
    why: 'revision r-2 is not ready: no such image',
  });
});

const PLAN: Plan = { ...LIMITS, steps: [10, 50, 100], stepMs: 60, patienceMs: 200, lookMs: 20 };

/** A Service whose canary does as `behaviour` says at each look; the time is counted by sleeping. */
function stage(start: KnativeService, behaviour: (look: number) => Counts | Error) {
  let time = 0;
  let looks = 0;
  let live = start;
  const traffic: string[] = [];
  const said: string[] = [];
  const means: Means = {
    cluster: {
      get: async () => live,
      apply: async (_, desired: KubeObject) => {
        const { spec } = desired as KnativeService;
        live = { ...live, spec };
        traffic.push((spec.traffic ?? []).map((s) => `${s.revisionName}=${s.percent}`).join(' '));
        return live;
      },
    },
    counts: async ([name]) => {
      if (name === 'r-1') return counts(1_000, 0);
      const seen = behaviour(looks++);
      if (seen instanceof Error) throw seen;
      return seen;
    },
    now: () => time,
    sleep: async (ms) => (time += ms),
    say: (line) => said.push(line),
  };
  return { means, traffic, said, time: () => time };
}

const KEY = { namespace: 'system', name: 'reconcile' };
const AMID = [{ revisionName: 'r-1', percent: 100 }];

test('a good revision gets all requests step by step', async (t) => {
  const { means, traffic, time } = stage(service(AMID), () => counts(50, 1));
  t.deepEqual(await rollOut([KEY], PLAN, means), { kind: 'promoted' });
  t.deepEqual(traffic, ['r-1=90 r-2=10', 'r-1=50 r-2=50', 'r-2=100']);
  t.is(time(), 180);
});

test('a worse one loses them at the look that shows it', async (t) => {
  const { means, traffic } = stage(service(AMID), (look) => counts(50, look < 4 ? 0 : 40));
  const end = await rollOut([KEY], PLAN, means);
  t.deepEqual(end, {
    kind: 'rolled back',
    why: 'at 50 %: new 40 of 50 failed (80.0 %), stable 0 of 1000 failed (0.0 %)',
  });
  t.deepEqual(traffic, ['r-1=90 r-2=10', 'r-1=50 r-2=50', 'r-1=100']);
});

test('one of which too little is seen loses them when the patience ends', async (t) => {
  const { means, traffic } = stage(service(AMID), () => counts(3, 0));
  const end = await rollOut([KEY], PLAN, means);
  t.regex('why' in end ? end.why : '', /^at 10 %: too few visits to say anything/);
  t.is(traffic.at(-1), 'r-1=100');
});

test('while Prometheus is away nothing is decided, and not for ever', async (t) => {
  const away = new Error('connect ECONNREFUSED');
  const short = stage(service(AMID), (look) => (look < 5 ? away : counts(50, 0)));
  t.deepEqual(await rollOut([KEY], PLAN, short.means), { kind: 'promoted' });
  const long = stage(service(AMID), () => away);
  const end = await rollOut([KEY], PLAN, long.means);
  t.regex('why' in end ? end.why : '', /Prometheus cannot be asked: connect ECONNREFUSED/);
  t.is(long.traffic.at(-1), 'r-1=100');
});

test('what never becomes ready gets no request', async (t) => {
  const dead = service(AMID, { latestReadyRevisionName: 'r-1' });
  const { means, traffic } = stage(dead, () => counts(50, 0));
  const end = await rollOut([KEY], PLAN, means);
  t.deepEqual(end, { kind: 'not ready', why: 'reconcile: revision r-2 is not ready' });
  t.deepEqual(traffic, []);
});

test('there is nothing to keep of what has never been ready', async (t) => {
  const first = stage(service(undefined, { latestReadyRevisionName: '' }), () => counts(0, 0));
  await pin([KEY], first.means);
  t.deepEqual(first.traffic, []);
  t.deepEqual(first.said, ['reconcile: nothing to keep, as no revision has been ready']);
});

test('traffic is pinned where it is, but not amid a rollout', async (t) => {
  const latest = stage(service([{ latestRevision: true, percent: 100 }]), () => counts(0, 0));
  await pin([KEY], latest.means);
  t.deepEqual(latest.traffic, ['r-2=100']);
  const back = stage(service(AMID), () => counts(0, 0));
  await pin([KEY], back.means);
  t.deepEqual(back.traffic, ['r-1=100']);
  const amid = stage(
    service([
      ...AMID.map((one) => ({ ...one, percent: 90 })),
      { revisionName: 'r-2', percent: 10 },
    ]),
    () => counts(0, 0),
  );
  await t.throwsAsync(pin([KEY], amid.means), {
    message: 'reconcile is amid a rollout, to r-1 and r-2',
  });
});
