// Who leads, on the real API server with the relay's own rights.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadAll } from 'js-yaml';
import { type ElectionTimes, leadWhenElected } from '../../functions/relay/leader.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { Api } from '../../gitops/io/api.ts';
import { ApiCluster } from '../../gitops/io/cluster.ts';
import { Connector } from '../../gitops/io/connection.ts';
import { LEASE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import { freshNamespace, testCluster } from '../helpers/control-plane.ts';
import { withMethods } from '../helpers/counting-cluster.ts';
import { SILENT } from '../reconcile/stage.ts';

/** Short, and yet long enough for a slow machine to renew in time. */
const TIMES: ElectionTimes = { leaseDurationMs: 8_000, renewDeadlineMs: 6_000, retryPeriodMs: 200 };
/** So long that no test sees a lease run out. */
const LONG: ElectionTimes = { ...TIMES, leaseDurationMs: 600_000, renewDeadlineMs: 500_000 };

const METHODS = ['get', 'create', 'patch'] as const;
type Method = (...args: never[]) => Promise<never>;

/** What may happen to a candidate's connection. */
const fates = {
  fails: async () => {
    throw new Error('cut off');
  },
  hangs: () => new Promise<never>(() => {}),
} satisfies Record<string, Method>;

interface Candidate {
  /** Ends it as SIGTERM does. */
  stop(): Promise<void>;
  /** Makes all its requests end so from now on; as they should where it is undefined. */
  suffer(fate: Method | undefined): void;
}

/** An election in a namespace of its own, under the rules that are shipped for the system's namespace. */
async function election(t: ExecutionContext, times: ElectionTimes) {
  const cluster = await testCluster();
  const namespace = await freshNamespace(cluster);
  const lease = { namespace, name: 'webapp-relay' };
  await grant(cluster.admin.cluster, namespace);
  const connector = new Connector(cluster.relay);
  const story: string[] = [];
  const said: string[] = [];
  const ends: (() => Promise<void>)[] = [];
  t.teardown(async () => {
    await Promise.all(ends.map((end) => end()));
    await connector.close();
  });

  function enter(identity: string): Candidate {
    const end = new AbortController();
    let fate: Method | undefined;
    const real = new ApiCluster(new Api(connector));
    const methods = METHODS.map((name) => {
      const call = real[name].bind(real) as Method;
      return [name, (...args: never[]) => (fate ?? call)(...args)];
    });
    const own = withMethods(real, Object.fromEntries(methods) as Partial<Cluster>);
    const lead = async (signal: AbortSignal) => {
      story.push(`${identity} leads`);
      if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done));
      story.push(`${identity} ends`);
    };
    const info = ({ leader }: { leader?: string }, message: string) => {
      if (leader) said.push(`${identity}: ${message} (${leader})`);
    };
    const running = leadWhenElected(
      { lease, identity, times, cluster: own, log: { ...SILENT, info } },
      lead,
      end.signal,
    );
    const stop = () => {
      end.abort();
      return fate === fates.hangs ? Promise.resolve() : running;
    };
    ends.push(stop);
    return {
      stop,
      suffer: (what) => {
        fate = what;
      },
    };
  }

  const until = (line: string) => eventually(line, () => story.includes(line));
  const read = () => cluster.admin.cluster.get(LEASE, lease);
  return { story, said, enter, until, read, admin: cluster.admin.cluster };
}

async function grant(admin: Cluster, namespace: string): Promise<void> {
  const file = join(import.meta.dirname, '../../infra/rbac/relay.yaml');
  const objects = loadAll(await readFile(file, 'utf8')) as KubeObject[];
  for (const object of objects) {
    const { kind, metadata } = object;
    if (kind !== 'Role' && kind !== 'RoleBinding') continue;
    const of = { apiVersion: object.apiVersion, kind, plural: `${kind.toLowerCase()}s` };
    await admin.create(of, { ...object, metadata: { ...metadata, namespace } });
  }
}

const renewals = (lease: KubeObject | undefined) =>
  (lease?.spec as { renewTime: string } | undefined)?.renewTime ?? '';

test('of two candidates one leads, for as long as it renews', async (t) => {
  const it = await election(t, TIMES);
  it.enter('a');
  await it.until('a leads');
  it.enter('b');
  const start = performance.now();
  let [seen, count] = ['', 0];
  await eventually('the lease outlives its duration by renewals', async () => {
    const time = renewals(await it.read());
    if (time !== seen) count++;
    seen = time;
    return performance.now() - start > TIMES.leaseDurationMs + 1_000;
  });
  t.true(count > 3, `${count} renewals`);
  t.deepEqual(it.story, ['a leads']);
  t.deepEqual(it.said, ['b: Another process leads (a)']);
  const spec = (await it.read())?.spec;
  t.like(spec, { holderIdentity: 'a', leaseDurationSeconds: 8, leaseTransitions: 0 });
});

test('of many who start at once one leads', async (t) => {
  const it = await election(t, LONG);
  for (const identity of ['a', 'b', 'c', 'd']) it.enter(identity);
  const [leader = ''] = await eventually('one leads', () => it.story.length > 0 && it.story);
  const first = renewals(await it.read());
  await eventually('it renews', async () => renewals(await it.read()) !== first);
  t.deepEqual(it.story, [leader]);
});

test('a leader that stops gives up the lease, and the other need not wait', async (t) => {
  const it = await election(t, LONG);
  const a = it.enter('a');
  await it.until('a leads');
  it.enter('b');
  await a.stop();
  await it.until('b leads');
  t.deepEqual(it.story, ['a leads', 'a ends', 'b leads']);
  t.like((await it.read())?.spec, { holderIdentity: 'b', leaseTransitions: 1 });
});

test('a leader that is killed is followed after the lease has run out', async (t) => {
  const it = await election(t, TIMES);
  const a = it.enter('a');
  await it.until('a leads');
  it.enter('b');
  const seen = renewals(await it.read());
  await eventually('a has renewed', async () => renewals(await it.read()) !== seen);
  a.suffer(fates.hangs);
  const last = await it.read();
  t.like(last?.spec, { holderIdentity: 'a' });
  await it.until('b leads');
  // A renewal that was under way may have come after the last that was read.
  const took = Date.now() - Date.parse(renewals(last));
  t.true(took >= TIMES.leaseDurationMs, `${took} ms after a renewal`);
  t.like((await it.read())?.spec, { holderIdentity: 'b' });
});

for (const [title, fate] of Object.entries(fates)) {
  test(`a leader whose API server ${title} steps down before another leads`, async (t) => {
    const it = await election(t, TIMES);
    const a = it.enter('a');
    await it.until('a leads');
    it.enter('b');
    a.suffer(fate);
    await it.until('b leads');
    t.deepEqual(it.story, ['a leads', 'a ends', 'b leads']);
  });
}

test('who waits for the same leader as before it led says so again', async (t) => {
  const it = await election(t, TIMES);
  const a = it.enter('a');
  await it.until('a leads');
  const b = it.enter('b');
  await eventually('b waits', () => it.said.length === 1);
  await a.stop();
  await it.until('b leads');
  it.enter('a');
  b.suffer(fates.fails);
  await it.until('b ends');
  await eventually('a leads again', () => it.story.at(-1) === 'a leads');
  b.suffer(undefined);
  await eventually('b waits again', () => it.said.at(-1)?.startsWith('b') && it.said.length > 2);
  t.deepEqual(it.said, [
    'b: Another process leads (a)',
    'a: Another process leads (b)',
    'b: Another process leads (a)',
  ]);
});

test('a candidate that does not lead leaves the lease alone when it stops', async (t) => {
  const it = await election(t, LONG);
  it.enter('a');
  await it.until('a leads');
  const b = it.enter('b');
  const seen = renewals(await it.read());
  await eventually('time has passed', async () => renewals(await it.read()) !== seen);
  await b.stop();
  t.like((await it.read())?.spec, { holderIdentity: 'a' });
  t.deepEqual(it.story, ['a leads']);
});
