// Whether a status that was just written is so.
import type { Cluster } from '../../gitops/cluster.ts';
import { AUTOSCALER, DEPLOYMENT, INGRESS, WEBAPP } from '../../gitops/kinds.ts';
import { controllerOf } from '../../gitops/objects.ts';
import { LABEL } from '../../gitops/webapp.ts';
import type { Entry, Fields } from './journal.ts';
import type { Commit } from './scenario.ts';
import { isRolledOut } from './state.ts';

/** Where the truth is, and what the commits ask for. */
export interface Truth {
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly commits: readonly Commit[];
}

/** Returns what the status in the API server's answer to a write says and is not so. */
export async function liesIn(entry: Entry, after: Fields, truth: Truth): Promise<string[]> {
  const ready = conditionOf(after.status, 'Ready');
  if (ready?.status !== 'True' || ready.observedGeneration !== after.metadata.generation) return [];
  if (entry.resource === 'webapps-status')
    return [...(await deploymentLies(after, truth)), ...(await optionalLies(after, truth))];
  return entry.resource === 'webappsources-status' ? sourceLies(after, truth) : [];
}

async function deploymentLies({ metadata, spec }: Fields, { cluster, namespace }: Truth) {
  const key = { namespace, name: metadata.name };
  const deployment: Fields = await cluster.get(DEPLOYMENT, key);
  const image = deployment?.spec.template.spec.containers[0].image;
  // An autoscaler may have begun to scale since the functions looked; and nobody waits for no pods.
  const scaled =
    spec.autoscaling !== undefined ||
    (deployment?.spec.replicas === spec.replicas &&
      (spec.replicas === 0 || isRolledOut(deployment)));
  return image === spec.image && scaled
    ? []
    : [`says Ready of ${image} and ${deployment?.spec.replicas} pods`];
}

async function optionalLies({ metadata, spec }: Fields, { cluster, namespace }: Truth) {
  const key = { namespace, name: metadata.name };
  const optional = [
    { of: INGRESS, wanted: spec.host },
    { of: AUTOSCALER, wanted: spec.autoscaling },
  ];
  const found = optional.map(async ({ of, wanted }) => {
    const child = await cluster.get(of, key);
    const isThere = child !== undefined && controllerOf(child)?.uid === metadata.uid;
    if (isThere === (wanted !== undefined)) return [];
    return [`says Ready, and the ${of.kind} is ${isThere ? 'still' : 'not'} there`];
  });
  return (await Promise.all(found)).flat();
}

async function sourceLies({ metadata, status }: Fields, { cluster, namespace, commits }: Truth) {
  const commit = commits.find((one) => status.lastAppliedRevision?.endsWith(one.id));
  if (commit === undefined) return [];
  const { items } = await cluster.list(WEBAPP, { namespace });
  const found = items.filter((item) => item.metadata.labels?.[LABEL.source] === metadata.name);
  const wrong = found
    .filter((item) => !isSpecOf(commit.wanted[item.metadata.name] ?? {}, item.spec))
    .map((item) => item.metadata.name);
  const isWhole = Object.keys(commit.wanted).length === found.length;
  return wrong.length === 0 && isWhole
    ? []
    : [`says that ${commit.step} is applied, and ${wrong.join(' and ') || 'one'} is not`];
}

function conditionOf(status: Fields, type: string): Fields {
  return status?.conditions?.find((condition: Fields) => condition.type === type);
}

/** What a file leaves out is left out by the API server, too. */
const WITHOUT_DEFAULT = ['host', 'autoscaling', 'resources', 'env'];

/** Returns whether a spec is what a file asks for, and what the API server makes of it. */
export function isSpecOf(wanted: Fields, found: Fields): boolean {
  const extra = WITHOUT_DEFAULT.filter((key) => key in found && !(key in wanted));
  return extra.length === 0 && holds(wanted, found);
}

/** Whether all that is wanted is there; the API server adds defaults. */
function holds(wanted: unknown, found: Fields): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === found;
  return Object.entries(wanted).every(([key, value]) => holds(value, found?.[key]));
}
