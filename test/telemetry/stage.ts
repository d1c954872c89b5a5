// The functions on a cluster in memory, and what they log.
import { readConfig } from '../../functions/config.ts';
import { type Context, createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { onEvent } from '../../functions/on-event.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { WEBAPP } from '../../gitops/kinds.ts';
import { fakeBench } from '../cluster/bench.ts';
import { webapp } from '../cluster/objects.ts';
import { eventAbout } from '../helpers/functions-entries.ts';

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
/** A hop of that trace. */
export const HOP = `00-${TRACE}-00f067aa0ba902b7-01`;

/** Starts with a namespace where nothing is; `through` changes the cluster that the functions see. */
export async function stage(through: (cluster: Cluster) => Cluster = (it) => it) {
  const bench = fakeBench();
  const namespace = await bench.namespace();
  const raw: string[] = [];
  const log = createLog('info', { write: (line) => void raw.push(line) });
  const config = readConfig({ FUNCTIONS: 'events,tick', GIT_HOSTS: '127.0.0.1' });
  const context: Context = {
    ...createContext(config, undefined, log),
    cluster: () => through(bench.cluster),
    later: () => {},
  };
  const tell = (kind: string, name: string, more: Record<string, string> = {}) => {
    const { headers, body } = eventAbout(kind, { namespace, name });
    return onEvent({ ...headers, ...more }, Buffer.from(String(body)), context);
  };
  const lines = () => raw.map((line) => JSON.parse(line) as Line);
  return { bench, namespace, context, raw, lines, tell };
}

/** The same with a WebApp named shop of two replicas. */
export async function shop(through?: (cluster: Cluster) => Cluster) {
  const it = await stage(through);
  await it.bench.admin.create(WEBAPP, webapp(it.namespace, 'shop', { spec: { replicas: 2 } }));
  return it;
}
