import type { CompiledPolicy } from './compile.ts';
import type { Place } from './load/field.ts';
import type { KnownParams } from './params.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from './policy.ts';
import type { Resource } from './resources.ts';
import type { Waiver } from './waiver.ts';

export interface LoadedPolicy {
  readonly policy: ValidatingAdmissionPolicy;
  readonly compiled: CompiledPolicy;
  /** Where its name stands. */
  readonly place: Place;
}

export interface LoadedBinding {
  readonly binding: ValidatingAdmissionPolicyBinding;
  /** Where its name stands. */
  readonly place: Place;
}

/** Policies as they were loaded, ready to judge. It never changes. */
export interface PolicySet {
  /** By name, in the order of names. */
  readonly policies: readonly LoadedPolicy[];
  /** In the order of names. */
  readonly bindings: readonly LoadedBinding[];
  readonly params: KnownParams;
  /** Custom kinds whose definitions are among the files, every served version one. */
  readonly kinds: readonly Resource[];
  readonly waivers: readonly Waiver[];
}
