// What is still missing until the cluster is as the branch says and every status tells so.
import { CHILD_KINDS, DEPLOYMENT, INGRESS, SERVICE, WEBAPP } from '../../gitops/kinds.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import type { Fields } from '../faults/journal.ts';
import { isCalm, type State } from '../faults/state.ts';
import { isSpecOf } from '../faults/truth.ts';
import { childKinds, type Spec } from './wishes.ts';
import { SOURCE } from './world.ts';

/** Returns what is wrong, a line each; nothing once all has converged. */
export function leftToDo(state: State, specs: ReadonlyMap<string, Spec>, head: string): string[] {
  const get = (kind: string, name: string): Fields => state.get(`${kind}/${name}`);
  const webapps = [...specs].flatMap(([name, spec]) => {
    const wrong = wrongWith(spec, (kind) => get(kind, name));
    return wrong === undefined ? [] : [`${name}: ${wrong}`];
  });
  const left = [...state.values()].filter(({ kind, metadata }) => {
    const spec = specs.get(metadata.name);
    const wanted = spec ? [WEBAPP, ...childKinds(spec)] : [];
    return (
      [WEBAPP, ...CHILD_KINDS].some((one) => one.kind === kind) &&
      !wanted.some((one) => one.kind === kind)
    );
  });
  const applied: string = get('WebAppSource', SOURCE)?.status?.lastAppliedRevision ?? '';
  return [
    ...webapps,
    ...left.map(({ kind, metadata }) => `${metadata.name}: ${kind} left over`),
    ...(applied.endsWith(head) ? [] : [`${SOURCE}: ${head} not applied`]),
    ...counting(state),
    ...(isCalm(state) ? [] : ['rollouts under way']),
  ];
}

/** Objects with a failure that is not cleared. */
function counting(state: State): string[] {
  return [...state.values()]
    .filter((object) => annotation(object, ANNOTATION.retry) !== '')
    .map(({ metadata }) => `${metadata.name}: to be tried again`);
}

/** Returns how long the farthest next attempt is away, in milliseconds. */
export function longestBackoff(state: State, now: number): number {
  const times = [...state.values()]
    .map((object) => annotation(object, ANNOTATION.retry))
    .filter((text) => text !== '')
    .map((text) => Date.parse(JSON.parse(text).nextAttemptAt) - now);
  return Math.max(0, ...times);
}

function wrongWith(spec: Spec, get: (kind: string) => Fields): string | undefined {
  const webapp = get(WEBAPP.kind);
  if (webapp === undefined || webapp.metadata.deletionTimestamp) return 'no WebApp';
  if (!isSpecOf(spec, webapp.spec)) return 'another spec';
  if (!isReady(webapp)) return 'not Ready';
  return wrongChild(spec, get);
}

function wrongChild(spec: Spec, get: (kind: string) => Fields): string | undefined {
  const deployment = get(DEPLOYMENT.kind);
  const service = get(SERVICE.kind);
  const [container] = deployment?.spec.template.spec.containers ?? [];
  if (container?.image !== spec.image || deployment.spec.replicas !== spec.replicas)
    return 'another Deployment';
  if (service?.spec.ports[0]?.port !== spec.port) return 'another Service';
  const host = get(INGRESS.kind)?.spec.rules[0]?.host;
  return host === spec.host ? undefined : 'another Ingress';
}

function isReady({ metadata, status }: Fields): boolean {
  const ready = status?.conditions?.find(({ type }: Fields) => type === 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation;
}
