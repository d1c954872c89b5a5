// One WebAppSource on a cluster, its repository on a real Git server, and syncs of it.
import type { Cluster } from '../../gitops/cluster.ts';
import { sha256 } from '../../gitops/io/digest.ts';
import { createRepositories } from '../../gitops/io/repository.ts';
import { POLICY_BUNDLE, SECRET, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import { PolicyReader } from '../../gitops/policy/reader.ts';
import { type Outcome, reconcile } from '../../gitops/reconcile/reconcile.ts';
import type { Repositories } from '../../gitops/repository.ts';
import { type SyncOutcome, sync } from '../../gitops/sync/sync.ts';
import { TextRoom } from '../../gitops/sync/text-room.ts';
import { UNTRACED } from '../../gitops/trace.ts';
import { LABEL, type WebAppSource } from '../../gitops/webapp.ts';
import type { Bench } from '../cluster/bench.ts';
import { type Counted, countRequests } from '../helpers/counting-cluster.ts';
import type { startTestServer, TestRepository } from '../helpers/git-repo.ts';
import { notedMeter } from '../helpers/policy-meter.ts';
import { SILENT, UNHEARD } from '../reconcile/stage.ts';

type GitServer = Awaited<ReturnType<typeof startTestServer>>;

/** What a suite works with: a cluster and a Git server. */
export interface Grounds {
  readonly bench: Bench;
  readonly git: GitServer;
}

/** A source and its surroundings. */
export interface SyncStage {
  readonly bench: Bench;
  readonly repo: TestRepository;
  readonly key: ObjectKey;
  readonly count: Counted;
  /** What syncs and visits counted, such as "sync denied". */
  readonly counted: string[];
  /** `head` is the commit that the branch was just seen at. */
  sync(force?: 'changed' | 'all', head?: string): Promise<SyncOutcome>;
  /** Visits a WebApp because of an event about it. */
  visit(name: string): Promise<Outcome>;
  /**
   * Lets the next syncs see another cluster or other repositories, made from the real ones, or run under another default
   * account or in a trace.
   */
  through(change: {
    cluster?(of: Cluster): Cluster;
    repositories?(of: Repositories): Repositories;
    defaultAccount?: string;
    traceparent?: string;
  }): void;
  /** What the next failures draw for their waits, from 0 to 1; then each draws 0.5. */
  readonly dice: number[];
  /** Moves the clock. */
  pass(ms: number): void;
  edit(fields: object): Promise<KubeObject>;
  source(): Promise<WebAppSource>;
  webapp(name: string): Promise<KubeObject | undefined>;
  bundle(): Promise<KubeObject | undefined>;
  /** Returns name and image of the WebApps that the source has made. */
  images(): Promise<Record<string, string>>;
}

/** Far away, so that only a test that moves the clock gets there. */
export const HOUR_MS = 3_600_000;

/** Makes a repository with these files and a source named apps that follows it. */
export async function stage(
  { bench, git }: Grounds,
  files: Record<string, string>,
  spec: object = {},
): Promise<SyncStage> {
  const repo = await git.make(files);
  const key = { namespace: await bench.namespace(), name: 'apps' };
  await makeSource(bench, key, { url: repo.url, ...spec });
  const time = { ms: Date.now() };
  const end = time.ms + HOUR_MS;
  const dice: number[] = [];
  const clock = { now: () => time.ms, random: () => dice.shift() ?? 0.5 };
  const policies = new PolicyReader({ hash: sha256, now: clock.now, believeMs: 0 });
  const count = countRequests(bench.cluster);
  const meter = notedMeter();
  const handled = new Map<string, string>();
  const corrections = new Map<string, readonly number[]>();
  let [cluster, repositories] = [count.cluster, createRepositories()];
  let defaultAccount = '';
  let trace = UNTRACED;
  return {
    bench,
    repo,
    key,
    count,
    counted: meter.counted,
    sync: (force, head) => {
      count.reset();
      const { signal } = new AbortController();
      const world = {
        cluster,
        bookkeeping: cluster,
        repositories,
        text: new TextRoom().enter(),
        policies,
        meter,
        clock,
        log: SILENT,
        trace,
        signal,
        isOver: () => time.ms > end,
        defaultAccount,
      };
      return sync({ key, head, ...(force && { force }) }, world);
    },
    visit: (name) => {
      const trigger = { key: { ...key, name }, kind: WEBAPP.kind };
      return reconcile(trigger, {
        cluster,
        bookkeeping: cluster,
        policies,
        meter,
        clock,
        handled,
        corrections,
        ...UNHEARD,
      });
    },
    through: (change) => {
      defaultAccount = change.defaultAccount ?? '';
      trace = { ...UNTRACED, traceparent: () => change.traceparent };
      cluster = change.cluster?.(count.cluster) ?? count.cluster;
      repositories = change.repositories?.(createRepositories()) ?? createRepositories();
    },
    dice,
    pass: (ms) => {
      time.ms += ms;
    },
    edit: (fields) => bench.edit(WEBAPP_SOURCE, key, fields),
    source: async () => (await bench.admin.get(WEBAPP_SOURCE, key)) as WebAppSource,
    webapp: (name) => bench.admin.get(WEBAPP, { ...key, name }),
    bundle: () => bench.admin.get(POLICY_BUNDLE, key),
    images: async () => {
      const labelSelector = `${LABEL.source}=${key.name}`;
      const { items } = await bench.admin.list(WEBAPP, { namespace: key.namespace, labelSelector });
      return Object.fromEntries(
        items.map(({ metadata, spec }) => [metadata.name, (spec as { image: string }).image]),
      );
    },
  };
}

/** Makes a WebAppSource as a person does. */
export function makeSource({ admin }: Bench, metadata: ObjectKey, spec: object) {
  const { apiVersion, kind } = WEBAPP_SOURCE;
  const source = { apiVersion, kind, metadata, spec };
  return admin.apply(WEBAPP_SOURCE, source, { manager: 'kubectl', live: undefined });
}

/** Makes the Secret of a repository that asks who one is. */
export function makeSecret({ admin }: Bench, namespace: string, data: Record<string, string>) {
  const encoded = Object.entries(data).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  const secret = { apiVersion: 'v1', kind: 'Secret', data: Object.fromEntries(encoded) };
  return admin.create(SECRET, { ...secret, metadata: { name: 'login', namespace } });
}

/** Returns a WebApp's file. */
export function app(name: string, image = `${name}:1`, more = ''): string {
  return `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n  name: ${name}\nspec:\n  image: ${image}\n${more}`;
}

/** Returns the findings of a source as "path:line:column severity". */
export function findings({ status }: WebAppSource): string[] {
  return (status.problems ?? []).map(
    ({ path, line, column, severity = 'error' }) => `${path}:${line}:${column} ${severity}`,
  );
}

/** Returns what a sync said of the source: the Ready condition as "status reason". */
export function ready({ status }: WebAppSource): string {
  const condition = status.conditions?.find(({ type }) => type === 'Ready');
  return `${condition?.status} ${condition?.reason}`;
}
