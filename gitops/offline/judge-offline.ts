// What policies say of an object, with nothing known but files.
import {
  type Decision,
  judgeWrite,
  type PolicySet,
  type Resource,
  type UserInfo,
  type Verdict,
} from '../../policies/index.ts';
import { WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { judgeFamily } from '../policy/judge-webapp.ts';
import type { Definitions } from './definitions.ts';

export interface OfflineQuestion {
  readonly resource: Resource;
  /** Null for a delete. */
  readonly object: KubeObject | null;
  readonly oldObject?: KubeObject;
  /** Whether what the reconciler makes of a WebApp is judged, too. */
  readonly children: boolean;
}

/** What is known beside the object; what is left out cannot be judged by. */
export interface OfflineWorld {
  readonly policies: PolicySet;
  readonly definitions: Definitions;
  /** A Namespace as a person writes it. */
  readonly namespaceObject?: KubeObject;
  readonly userInfo?: UserInfo;
  /** Milliseconds since 1970; left out: no waiver holds. */
  readonly now?: number;
}

export type OfflineOperation = 'CREATE' | 'UPDATE' | 'DELETE';

export interface OfflineJudgement {
  readonly operation: OfflineOperation;
  /** As the policies saw it. */
  readonly object: KubeObject;
  readonly decisions: readonly Decision[];
  readonly verdict: Verdict;
}

/** Returns the judgement of the object, and with `children` one more for each object made of it. */
export function judgeOffline(question: OfflineQuestion, world: OfflineWorld): OfflineJudgement[] {
  const { resource, object, oldObject, children } = question;
  const { policies, definitions, namespaceObject, ...rest } = world;
  const about = { ...rest, ...(namespaceObject && { namespaceObject: asLive(namespaceObject) }) };
  if (children && object !== null && resource.kind === WEBAPP.kind && isOurs(resource)) {
    const inForce = { policies: { ...NOTHING, sets: [policies] }, ...about };
    return judgeFamily({ before: oldObject, after: object }, inForce, world.now).map((each) => ({
      ...each,
      operation: operationOf(each.question),
    }));
  }
  const { schemas } = definitions;
  const old = oldObject && { oldObject };
  const judged = judgeWrite([policies], { ...about, resource, object, ...old, schemas });
  return [{ ...judged, object: judged.object as KubeObject, operation: operationOf(question) }];
}

function operationOf({
  object,
  oldObject,
}: Pick<OfflineQuestion, 'object' | 'oldObject'>): OfflineOperation {
  if (object === null) return 'DELETE';
  return oldObject ? 'UPDATE' : 'CREATE';
}

const NOTHING = { problems: [], digest: '', digests: {}, enforced: new Set<string>() };

function isOurs({ group, version }: Resource): boolean {
  return `${group}/${version}` === WEBAPP.apiVersion;
}

/** What the API server adds to every Namespace, and selectors of namespaces go by. */
function asLive(namespace: KubeObject): KubeObject {
  const { metadata } = namespace;
  const labels = { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels };
  return { status: { phase: 'Active' }, ...namespace, metadata: { ...metadata, labels } };
}
