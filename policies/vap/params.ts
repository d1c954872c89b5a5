// The objects that bindings hand to policies as `params`.
import type { JsonObject, ParamKind, ParamRef } from './policy.ts';
import type { Scope } from './resources.ts';
import { labelsOf, selects } from './selector.ts';

/** An object that may be the parameter of a policy. */
export interface Param {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for an object without namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
}

/** Where parameters are looked up. */
export interface ParamSource {
  /** True where an object that is not found does not exist; false where a cluster may have more of them. */
  readonly complete: boolean;
  /** Returns undefined where the kind is not known. */
  scopeOf(kind: ParamKind): Scope | undefined;
  /** Returns all objects of the kind, or those in one namespace. */
  list(kind: ParamKind, namespace?: string): readonly Param[];
}

/** The parameters to judge by, one after the other; undefined stands for none. */
export interface Resolved {
  readonly params: readonly (Param | undefined)[];
  /** The API server's text where the binding cannot be used. */
  readonly error?: string;
  /** Why there may be further parameters that are not known here. */
  readonly unknown?: string;
}

/** What asks for parameters. */
export interface ParamRequest {
  readonly paramKind: ParamKind | undefined;
  readonly paramRef: ParamRef | undefined;
  /** The namespace of the object to be judged; empty for one without. */
  readonly namespace: string;
}

/** Returns the parameters of a binding: one evaluation of the policy for each. */
export function resolveParams(
  { paramKind, paramRef, namespace }: ParamRequest,
  source: ParamSource,
): Resolved {
  if (!(paramKind && paramRef)) return { params: [undefined] };
  const scope = source.scopeOf(paramKind);
  if (!scope) return { params: [], unknown: `${describe(paramKind)} is a kind not known here` };
  const error = misplaced(paramRef, scope, namespace);
  if (error) return { params: [], error };
  const inNamespace = scope === 'Namespaced' ? (paramRef.namespace ?? namespace) : undefined;
  const params = select(paramRef, source.list(paramKind, inNamespace));
  const mayBeMore = !source.complete && (params.length === 0 || paramRef.selector !== undefined);
  if (mayBeMore) return { params, unknown: missing(paramKind, paramRef, inNamespace) };
  return params.length === 0 ? notFound(paramRef) : { params };
}

function notFound({ parameterNotFoundAction }: ParamRef): Resolved {
  return parameterNotFoundAction === 'Deny' ? { params: [], error: NOT_FOUND } : { params: [] };
}

const NOT_FOUND = 'no params found for policy binding with `Deny` parameterNotFoundAction';

function misplaced(ref: ParamRef, scope: Scope, namespace: string): string | undefined {
  if (scope === 'Cluster') {
    return ref.namespace
      ? 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`'
      : undefined;
  }
  return ref.namespace || namespace
    ? undefined
    : 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
}

/** In the order of their names, which is any order to the API server. */
function select({ name, selector }: ParamRef, candidates: readonly Param[]): Param[] {
  const found = candidates.filter((each) =>
    selector ? selects(selector, labelsOf(each.object)) : each.name === name,
  );
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function missing(kind: ParamKind, { name }: ParamRef, namespace: string | undefined): string {
  const where = namespace ? ` in namespace ${namespace}` : '';
  return name
    ? `${describe(kind)} ${name}${where} is not known here`
    : `the cluster may have objects of ${describe(kind)}${where} that are not known here`;
}

function describe({ apiVersion, kind }: ParamKind): string {
  return `${kind} of ${apiVersion}`;
}

/** Parameters from files; what an object's kind is like comes from its definition, or from the object. */
export class KnownParams implements ParamSource {
  readonly complete: boolean;
  readonly #params: readonly Param[];
  readonly #scopes: (kind: ParamKind) => Scope | undefined;

  constructor(
    params: readonly Param[],
    scopes: (kind: ParamKind) => Scope | undefined,
    complete = true,
  ) {
    this.#params = params;
    this.#scopes = scopes;
    this.complete = complete;
  }

  /** All of them, of whatever kind. */
  get all(): readonly Param[] {
    return this.#params;
  }

  scopeOf(kind: ParamKind): Scope | undefined {
    const declared = this.#scopes(kind);
    const some = declared ? [] : this.list(kind);
    if (some.length === 0) return declared;
    return some.some(({ namespace }) => namespace !== '') ? 'Namespaced' : 'Cluster';
  }

  list({ apiVersion, kind }: ParamKind, namespace?: string): Param[] {
    return this.#params.filter(
      (each) =>
        each.apiVersion === apiVersion &&
        each.kind === kind &&
        (namespace === undefined || each.namespace === namespace),
    );
  }
}
