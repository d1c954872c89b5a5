// What the tests do to WebApps, and what they send to the broker themselves.
import { setTimeout as sleep } from 'node:timers/promises';
import { DEPLOYMENT, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../../gitops/objects.ts';
import type { WebApp } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { webapp } from '../cluster/objects.ts';
import { freshNamespace } from '../helpers/control-plane.ts';
import { isReady } from '../integration/product.ts';
import { PING_SOURCE, type Stage, SYSTEM } from './stage.ts';

/** Cron schedules with seconds, which come first. */
export const NEVER = '0 0 0 1 1 *';
export const EVERY_2_S = '*/2 * * * * *';

const PROBE_MS = 1_000;

/** Creates a WebApp as a person does. */
export async function create({ cluster }: Stage, key: ObjectKey, spec: object = {}): Promise<void> {
  const object = webapp(key.namespace, key.name, { spec });
  await cluster.admin.cluster.create(WEBAPP, object);
}

/** Changes a WebApp's spec as a person does. */
export async function edit({ cluster }: Stage, key: ObjectKey, spec: object): Promise<void> {
  await eventually(`${key.name} edited`, async () => {
    const live = await cluster.admin.cluster.get(WEBAPP, key);
    if (live === undefined) throw new Error(`there is no WebApp ${key.name}`);
    const patch = { type: 'merge', fields: { spec } } as const;
    return cluster.admin.cluster.patch(WEBAPP, live, patch).catch(() => false as const);
  });
}

/** Deletes a WebApp as a person does, whoever changed it meanwhile. */
export async function remove({ cluster }: Stage, key: ObjectKey): Promise<void> {
  const live = await cluster.admin.cluster.get(WEBAPP, key);
  const { namespace, name, uid } = live?.metadata ?? { ...key, uid: '' };
  await cluster.admin.cluster.delete(WEBAPP, {
    ...{ apiVersion: WEBAPP.apiVersion, kind: WEBAPP.kind },
    metadata: { namespace: namespace ?? '', name, ...(uid && { uid }) },
  });
}

/** Returns when the WebApp says Ready of what is asked for now. */
export async function ready({ cluster }: Stage, key: ObjectKey): Promise<void> {
  await eventually(`${key.name} Ready`, async () => {
    const live = await cluster.admin.cluster.get(WEBAPP, key);
    return live && isReady(live as WebApp);
  });
}

/** Returns how many replicas the Deployment is to have; undefined where there is none. */
export async function replicas({ cluster }: Stage, key: ObjectKey): Promise<number | undefined> {
  const live = await cluster.admin.cluster.get(DEPLOYMENT, key);
  return (live as { spec?: { replicas?: number } } | undefined)?.spec?.replicas;
}

/** Returns when an event has made its way to the functions: an adapter that was just started may not watch yet. */
export async function untilEventsFlow(stage: Stage): Promise<void> {
  const namespace = await freshNamespace(stage.cluster);
  let probes = 0;
  await eventually('an event arrives', async () => {
    const key = { namespace, name: `probe-${probes++}` };
    await create(stage, key);
    await sleep(PROBE_MS);
    return (await replicas(stage, key)) !== undefined;
  });
}

/** Returns when Deployment and Service of a deleted WebApp are gone. */
export async function gone({ cluster }: Stage, key: ObjectKey): Promise<void> {
  for (const kind of [DEPLOYMENT, SERVICE])
    await eventually(
      `the ${kind.kind} of ${key.name} gone`,
      async () => (await cluster.admin.cluster.get(kind, key)) === undefined,
    );
}

/** Has the PingSource wake the tick by this schedule. */
export async function schedule({ cluster }: Stage, cron: string): Promise<void> {
  const { items } = await cluster.admin.cluster.list(PING_SOURCE, { namespace: SYSTEM });
  for (const item of items) await setSchedule(cluster.admin.cluster, item, cron);
}

async function setSchedule(
  cluster: Stage['cluster']['admin']['cluster'],
  { metadata }: KubeObject,
  cron: string,
): Promise<void> {
  await eventually('the schedule set', async () => {
    const live = await cluster.get(PING_SOURCE, { namespace: SYSTEM, name: metadata.name });
    if (live === undefined) return false;
    const patch = { type: 'merge', fields: { spec: { schedule: cron } } } as const;
    return cluster.patch(PING_SOURCE, live, patch).catch(() => false as const);
  });
}

/** Posts a CloudEvent and returns the answer's status. */
export async function post(
  url: string,
  attributes: Readonly<Record<string, string>>,
  data: object = {},
): Promise<number> {
  const all = { specversion: '1.0', id: crypto.randomUUID(), source: '/tests', ...attributes };
  const headers = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`ce-${name}`, value]),
  );
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(data),
  });
  await answer.arrayBuffer();
  return answer.status;
}
