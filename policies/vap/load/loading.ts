import type { ExpressionMode } from '../compile.ts';
import { KnownParams, type Param } from '../params.ts';
import type { ParamKind } from '../policy.ts';
import type { LoadedBinding, LoadedPolicy, PolicySet } from '../policy-set.ts';
import { builtInKind, type Resource, type Scope, splitApiVersion } from '../resources.ts';
import type { Waiver } from '../waiver.ts';
import type { Field, Place } from './field.ts';

export interface LoadOptions {
  /**
   * new: complain as the API server does when a policy is written (the default); stored: policies that a cluster has. An
   * expression of theirs that does not compile is a warning: the API server, too, fails when it evaluates it.
   */
  readonly mode?: ExpressionMode;
  /** The namespace of parameters that name none. */
  readonly namespace?: string;
  /** False where a cluster may have parameters that are not among the files; true where left out. */
  readonly paramsComplete?: boolean;
}

/** An object that is no policy, before it is known what its kind is. */
export interface Candidate extends Omit<Param, 'namespace'> {
  readonly namespace?: string;
}

/** What was read so far, with the fields that findings about it point to. */
export class Loading {
  readonly mode: ExpressionMode;
  readonly policies: { readonly loaded: LoadedPolicy; readonly root: Field }[] = [];
  readonly bindings: { readonly loaded: LoadedBinding; readonly root: Field }[] = [];
  readonly candidates: { readonly candidate: Candidate; readonly root: Field }[] = [];
  readonly waivers: { readonly waiver: Waiver; readonly root: Field }[] = [];
  readonly #kinds: Resource[] = [];
  readonly #claimed = new Map<string, Place>();
  readonly #options: LoadOptions;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.mode = options.mode ?? 'new';
  }

  /** Notes the name of an object; complains and returns false where another one of the sort has it. */
  claim(sort: 'policy' | 'binding' | 'waiver', name: Field): boolean {
    const key = `${sort} ${name.value}`;
    const earlier = this.#claimed.get(key);
    if (earlier) {
      const where = `${earlier.path}:${earlier.line}:${earlier.column}`;
      name.complain(`Duplicate value: there is a ${sort} of this name in ${where}`);
      return false;
    }
    if (typeof name.value === 'string') this.#claimed.set(key, name.place());
    return true;
  }

  /** Returns whether the files have a policy of the name, be it a wrong one. */
  hasPolicy(name: string): boolean {
    return this.#claimed.has(`policy ${name}`);
  }

  addPolicy(loaded: LoadedPolicy, root: Field): void {
    this.policies.push({ loaded, root });
  }

  addBinding(loaded: LoadedBinding, root: Field): void {
    this.bindings.push({ loaded, root });
  }

  addWaiver(waiver: Waiver, root: Field): void {
    this.waivers.push({ waiver, root });
  }

  addCandidate(candidate: Candidate, root: Field): void {
    this.candidates.push({ candidate, root });
  }

  addKinds(kinds: readonly Resource[]): void {
    this.#kinds.push(...kinds);
  }

  /** Returns the set of what was read. */
  finish(): PolicySet {
    const { paramsComplete = true } = this.#options;
    const params = this.candidates.map(({ candidate }) => this.#paramOf(candidate));
    return {
      policies: this.policies
        .map(({ loaded }) => loaded)
        .sort((a, b) => byName(a.policy, b.policy)),
      bindings: this.bindings
        .map(({ loaded }) => loaded)
        .sort((a, b) => byName(a.binding, b.binding)),
      params: new KnownParams(params, (kind) => this.#scopeOf(kind), paramsComplete),
      kinds: this.#kinds,
      waivers: this.waivers.map(({ waiver }) => waiver),
    };
  }

  #paramOf(candidate: Candidate): Param {
    const scope = this.#scopeOf(candidate);
    if (scope === 'Cluster') return { ...candidate, namespace: '' };
    return { ...candidate, namespace: candidate.namespace ?? this.#options.namespace ?? '' };
  }

  #scopeOf({ apiVersion, kind }: ParamKind): Scope | undefined {
    const { group, version } = splitApiVersion(apiVersion);
    const custom = this.#kinds.find(
      (each) => each.group === group && each.version === version && each.kind === kind,
    );
    return (custom ?? builtInKind(apiVersion, kind))?.scope;
  }
}

interface Named {
  readonly metadata: { readonly name: string };
}

function byName(a: Named, b: Named): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
