// One question, one answer: what the policies say of an object, asked alike at every gate.
import {
  type AdmissionInput,
  type Decision,
  evaluatePolicies,
  type FieldValue,
  judgeWrite,
  type UserInfo,
  type Verdict,
  verdict,
} from '../../policies/index.ts';
import { schemasOf } from '../../policies/objects/index.ts';
import { type Kind, WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { webappDefinition } from '../webapp-definition.gen.ts';
import { tellingFields } from './origin.ts';
import type { Policies } from './policies.ts';

const SCHEMAS = schemasOf([webappDefinition]);

/** A write that somebody is about to do. */
export type Question = { readonly of: Kind } & (
  | {
      /** The whole object as it would be after the write, before the API server fills in its defaults. */
      readonly object: KubeObject;
      /** The object as it is; absent where the write would create it. */
      readonly oldObject?: KubeObject;
    }
  /** A delete, as the API server asks about it: what goes is the old object. */
  | { readonly object: null; readonly oldObject: KubeObject }
);

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
  /** The object as the policies saw it; of a delete the one that goes. */
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
  const { namespace = '' } = givenIn(question).metadata;
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

/** Returns what the policies say of a request whose objects are as the API server shows them. */
export function judgeRequest(
  sets: Policies['sets'],
  input: AdmissionInput,
): Pick<Judgement, 'decisions' | 'verdict'> {
  const decisions = sets.flatMap((set) => evaluatePolicies(set, input));
  return { decisions, verdict: verdict(decisions, input) };
}

/** Returns whether no policy was asked, because nobody knows what the API server makes of the object, or it makes nothing. */
export function isUnasked({ question, object, decisions, verdict }: Judgement): boolean {
  const isAsked = decisions.length > 0 || object !== givenIn(question);
  return verdict.outcome === 'cannotJudge' && !isAsked;
}

/**
 * Returns the path of the field of the judged object that a decision says most of. What is deleted goes as a whole: of a
 * child, what asks for it; of a WebApp, its name.
 */
export function tellingPath(judgement: Judgement, { fields }: Decision): FieldValue['path'] {
  if (isDelete(judgement))
    return judgement.question.of === WEBAPP ? ['metadata', 'name'] : ['spec'];
  return tellingFields(fields)[0]?.path ?? [];
}

/** Returns whether the question is about a delete. */
export function isDelete({ question }: Judgement): boolean {
  return question.object === null;
}

function givenIn(question: Question): KubeObject {
  return question.object === null ? question.oldObject : question.object;
}

function resourceOf({ apiVersion, kind, plural }: Kind) {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, kind, resource: plural };
}
