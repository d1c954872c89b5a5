// One WebApp on a cluster, and visits to it.
import type { Cluster } from '../../gitops/cluster.ts';
import { sha256 } from '../../gitops/io/digest.ts';
import { DEPLOYMENT, type Kind, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { Log } from '../../gitops/log.ts';
import type { Condition, KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { PolicyReader } from '../../gitops/policy/reader.ts';
import { type Outcome, reconcile } from '../../gitops/reconcile/reconcile.ts';
import type { Trigger } from '../../gitops/reconcile/visit.ts';
import { UNTRACED } from '../../gitops/trace.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { webapp } from '../cluster/objects.ts';
import { type Counted, countRequests } from '../helpers/counting-cluster.ts';
import { notedMeter } from '../helpers/policy-meter.ts';

export const SILENT: Log = { info() {}, warn() {}, error() {}, child: () => SILENT };
/** Nobody listens. */
export const UNHEARD = { log: SILENT, trace: UNTRACED };

/** A WebApp and its surroundings. */
export interface Stage {
  readonly bench: Bench;
  readonly key: ObjectKey;
  /** Counts what the visits ask for. */
  readonly count: Counted;
  /** What the visits counted, such as "visit denied". */
  readonly counted: readonly string[];
  /** Visits because of an event about an object of this kind; the WebApp unless given. */
  visit(kind?: Kind, more?: Partial<Trigger>): Promise<Outcome>;
  /** Lets the next visits see another cluster, made from the real one. */
  through(change: (cluster: Cluster) => Cluster): void;
  /** Forgets what a process remembers, as when it was killed. */
  restart(): void;
  /** Moves the clock. */
  pass(ms: number): void;
  now(): number;
  /** Changes the WebApp as a person does. */
  edit(fields: object): Promise<KubeObject>;
  read(kind: Kind): Promise<KubeObject | undefined>;
  webapp(): Promise<WebApp>;
}

/** Makes a namespace and, unless told otherwise, a WebApp named shop in it. */
export async function stage(bench: Bench, spec: object | undefined = {}): Promise<Stage> {
  const namespace = await bench.namespace();
  const key = { namespace, name: 'shop' };
  await put(bench, key, spec);
  const time = { ms: Date.now() };
  let corrections = new Map<string, readonly number[]>();
  let [handled, cluster] = [new Map<string, string>(), bench.cluster];
  const count = countRequests(bench.cluster);
  const clock = { now: () => time.ms, random: () => 0.5 };
  const policies = new PolicyReader({ hash: sha256, now: clock.now, believeMs: 0 });
  const meter = notedMeter();
  return {
    bench,
    key,
    count,
    counted: meter.counted,
    visit: (kind = WEBAPP, more = {}) => {
      count.reset();
      const seen = cluster === bench.cluster ? count.cluster : cluster;
      const clusters = { cluster: seen, bookkeeping: seen };
      const world = { ...clusters, policies, meter, clock, handled, corrections, ...UNHEARD };
      return reconcile({ key, kind: kind.kind, ...more }, world);
    },
    through: (change) => {
      cluster = change(count.cluster);
    },
    restart: () => {
      handled = new Map();
      corrections = new Map();
      cluster = bench.cluster;
    },
    pass: (ms) => {
      time.ms += ms;
    },
    now: clock.now,
    edit: (fields) => bench.edit(WEBAPP, key, fields),
    read: (kind) => bench.admin.get(kind, key),
    webapp: async () => (await bench.admin.get(WEBAPP, key)) as WebApp,
  };
}

/** Makes the WebApp, or makes it again. */
export function put({ admin }: Bench, { namespace, name }: ObjectKey, spec: object) {
  const object = webapp(namespace, name, { spec });
  return admin.apply(WEBAPP, object, { manager: 'kubectl', live: undefined });
}

/** Returns a stage whose WebApp is ready and at rest. */
export async function readyStage(bench: Bench, spec: object = {}): Promise<Stage> {
  const it = await stage(bench, spec);
  await it.visit();
  await bench.rolledOut(it.key);
  await it.visit(DEPLOYMENT);
  await it.visit(SERVICE);
  return it;
}

/** Returns a condition of an object by its type. */
export function conditionOf(object: KubeObject, type: string): Condition | undefined {
  const { conditions = [] } = (object.status ?? {}) as { conditions?: readonly Condition[] };
  return conditions.find((one) => one.type === type);
}

/** Returns what a visit changed, such as "apply Deployment". */
export function changesOf(outcome: Outcome): string[] {
  if (outcome.kind !== 'settled') throw new Error(`expected a settled visit, not ${outcome.kind}`);
  return outcome.changes.map(({ kind, of }) => `${kind} ${of.kind}`);
}

/** Returns fields of an object's spec. */
export function specOf(object: KubeObject | undefined): Record<string, unknown> {
  return (object?.spec ?? {}) as Record<string, unknown>;
}
