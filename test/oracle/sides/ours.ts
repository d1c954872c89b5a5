// Our answer to the very request that the API server gets.
import type { Kind } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import { parseJson } from '../../../policies/cel/values/json.ts';
import {
  type AdmissionInput,
  builtInKind,
  type Decision,
  type PolicySet,
  type UserInfo,
  verdict,
} from '../../../policies/index.ts';
import {
  admittedObject,
  namespaceObject,
  type SchemaSource,
  schemasOf,
} from '../../../policies/objects/index.ts';
import { MANAGER } from './api-server.ts';
import { type Said, saidByUs } from './said.ts';

/** A dry run: an update where there is an old object, else a create. */
export interface Question {
  readonly of: Kind;
  readonly object: KubeObject;
  /** As the cluster has it. */
  readonly oldObject?: KubeObject;
}

/** What both sides know beside policies and request. */
export interface Circumstances {
  readonly namespaces: ReadonlyMap<string, KubeObject>;
  readonly definitions: readonly KubeObject[];
  readonly user: UserInfo;
}

/** The evaluator that is compared; tests put a wrong one in its place. */
export type Evaluate = (set: PolicySet, input: AdmissionInput) => Decision[];

/** What a question is judged by. */
export interface Judges {
  readonly set: PolicySet;
  readonly about: Circumstances;
  readonly evaluate: Evaluate;
}

export type Judged =
  | { readonly kind: 'judged'; readonly said: Said; readonly decisions: readonly Decision[] }
  /** The API server would answer before it asks a policy, or it is not known what it makes of the object. */
  | { readonly kind: 'cannot judge'; readonly why: string };

/** Returns what our side says of the question. */
export function judge(question: Question, { set, about, evaluate }: Judges): Judged {
  const { object, oldObject } = question;
  const admitted = admittedObject({
    // Numbers as the API server reads them: 2.0 is no integer.
    object: parseJson(JSON.stringify(object)) as KubeObject,
    ...(oldObject && { oldObject }),
    namespace: object.metadata.namespace ?? '',
    schemas: schemas(about.definitions),
  });
  if (admitted.kind === 'refused') return { kind: 'cannot judge', why: admitted.reason };
  if (admitted.kind === 'unknown') return { kind: 'cannot judge', why: admitted.what };
  const input = inputOf(question, admitted, about);
  const decisions = evaluate(set, input);
  return { kind: 'judged', said: saidByUs(verdict(decisions, input), input), decisions };
}

const known = new WeakMap<readonly KubeObject[], SchemaSource>();

function schemas(definitions: readonly KubeObject[]): SchemaSource {
  const source = known.get(definitions) ?? schemasOf(definitions);
  known.set(definitions, source);
  return source;
}

function inputOf(
  { of, object: written }: Question,
  { object, oldObject }: Pick<AdmissionInput, 'object'> & { oldObject?: AdmissionInput['object'] },
  { namespaces, user }: Circumstances,
): AdmissionInput {
  const [version = '', group = ''] = of.apiVersion.split('/').reverse();
  const namespace = namespaces.get(written.metadata.namespace ?? '');
  const kind = oldObject ? 'UpdateOptions' : 'CreateOptions';
  const options = { kind, apiVersion: 'meta.k8s.io/v1', dryRun: ['All'], fieldManager: MANAGER };
  return {
    operation: oldObject ? 'UPDATE' : 'CREATE',
    kind: { group, version, kind: of.kind },
    resource: { group, version, resource: of.plural },
    object,
    oldObject: oldObject ?? null,
    ...(namespace && { namespaceObject: namespaceObject(namespace) }),
    dryRun: true,
    options,
    userInfo: user,
  };
}

/** Returns the kind of an object, by its definition where it is a custom one. */
export function kindOf({ apiVersion, kind }: KubeObject, definitions: readonly KubeObject[]): Kind {
  const builtIn = builtInKind(apiVersion, kind);
  if (builtIn) return { apiVersion, kind, plural: builtIn.resource };
  for (const { spec } of definitions) {
    const { group, names } = spec as { group: string; names: { kind: string; plural: string } };
    if (names.kind === kind && apiVersion.startsWith(`${group}/`)) {
      return { apiVersion, kind, plural: names.plural };
    }
  }
  throw new Error(`unknown kind ${kind} of ${apiVersion}`);
}
