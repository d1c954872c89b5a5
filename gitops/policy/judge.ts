// One question, one answer: what the policies say of an object, asked alike at every gate.
import { type Decision, judgeWrite, type UserInfo, type Verdict } from '../../policies/index.ts';
import { schemasOf } from '../../policies/objects/index.ts';
import type { Kind } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { webappDefinition } from '../webapp-definition.gen.ts';
import type { Policies } from './policies.ts';

const SCHEMAS = schemasOf([webappDefinition]);

/** A write that somebody is about to do. */
export interface Question {
  readonly of: Kind;
  /** The whole object as it would be after the write, before the API server fills in its defaults. */
  readonly object: KubeObject;
  /** The object as it is; absent where the write would create it. */
  readonly oldObject?: KubeObject;
}

/** What else is known where the question is asked. */
export interface Circumstances {
  /** The live Namespace of the object; an expression that reads it cannot be judged without. */
  readonly namespaceObject?: KubeObject;
  /** Who asks, where that is known. */
  readonly userInfo?: UserInfo;
  /** Milliseconds since the epoch: waivers end. Left out: none holds. */
  readonly now?: number;
}

export interface Judgement {
  readonly question: Question;
  /** The object as the policies saw it. */
  readonly object: KubeObject;
  readonly decisions: readonly Decision[];
  readonly verdict: Verdict;
}

/** Returns what the policies say, or why nobody can tell. Asks no one and changes nothing. */
export function judge(
  { sets }: Pick<Policies, 'sets'>,
  question: Question,
  about: Circumstances,
): Judgement {
  const { of, object, oldObject } = question;
  const { namespace = '' } = object.metadata;
  const judged = judgeWrite(sets, {
    ...about,
    resource: resourceOf(of),
    object,
    ...(oldObject && { oldObject }),
    namespace,
    schemas: SCHEMAS,
  });
  return { ...judged, question, object: judged.object as KubeObject };
}

function resourceOf({ apiVersion, kind, plural }: Kind) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, kind, resource: plural };
}
