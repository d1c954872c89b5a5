import {
  isDynamicOrError,
  isNullable,
  isSameType,
  mapParts,
  mostGeneral,
  partsOf,
} from './type-relations.ts';
import { DYN, parameter, type Type } from './types.ts';

/** What is known of the type parameters of one expression while it is checked. */
export class Substitution {
  readonly #bound = new Map<string, Type>();
  /** What the bindings of the attempt under way replaced, to take them back. */
  readonly #replaced: [name: string, before: Type | undefined][] = [];
  #fresh = 0;

  /** Returns a type parameter that nothing else uses. Messages show its name, which is therefore cel-go's. */
  newParameter(): Type {
    return parameter(`_var${this.#fresh++}`);
  }

  /** Whether the types agree; if so, what that tells of type parameters is kept. */
  assign(to: Type, from: Type): boolean {
    return this.#attempt(() => this.#agree(to, from));
  }

  /** As assign(), of all types or none. */
  assignAll(to: readonly Type[], from: readonly Type[]): boolean {
    return this.#attempt(() => this.#agreeAll(to, from));
  }

  /** Puts what is known into the type; a parameter of which nothing is known stays. */
  apply(type: Type): Type {
    if (type.kind !== 'parameter') return mapParts(type, (part) => this.apply(part));
    const bound = this.#bound.get(type.name);
    return bound ? this.apply(bound) : type;
  }

  /** As apply(), with dyn for what is not known. */
  close(type: Type): Type {
    if (type.kind !== 'parameter') return mapParts(type, (part) => this.close(part));
    const bound = this.#bound.get(type.name);
    return bound ? this.close(bound) : DYN;
  }

  #attempt(agree: () => boolean): boolean {
    this.#replaced.length = 0;
    if (agree()) return true;
    for (const [name, before] of this.#replaced.reverse()) {
      if (before) this.#bound.set(name, before);
      else this.#bound.delete(name);
    }
    return false;
  }

  #bind(name: string, type: Type): void {
    this.#replaced.push([name, this.#bound.get(name)]);
    this.#bound.set(name, type);
  }

  #agreeAll(a: readonly Type[], b: readonly Type[]): boolean {
    return a.length === b.length && a.every((type, i) => this.#agree(type, b[i] as Type));
  }

  #agree(a: Type, b: Type): boolean {
    if (b.kind === 'parameter') {
      const fits = this.#fits(a, b.name);
      if (fits !== 'unbound') return fits;
    }
    if (a.kind === 'parameter') return this.#fits(b, a.name) === true;
    if (isDynamicOrError(a) || isDynamicOrError(b)) return true;
    if (a.kind === 'null') return isNullable(b);
    if (b.kind === 'null') return isNullable(a);
    return this.#agreeByKind(a, b);
  }

  #agreeByKind(a: Type, b: Type): boolean {
    if (a.kind !== b.kind) return false;
    if (a.kind === 'type') return true;
    if (a.kind === 'object' || a.kind === 'opaque') {
      if (a.name !== (b as typeof a).name) return false;
    }
    return this.#agreeAll(partsOf(a), partsOf(b));
  }

  /**
   * Whether the parameter can stand for the type, in which case it is bound to the more general of it and what it was
   * bound to. Where it was not bound and cannot be since it occurs within the type, the answer is 'unbound'.
   */
  #fits(type: Type, name: string): boolean | 'unbound' {
    if (type.kind === 'parameter' && type.name === name) return true;
    const bound = this.#bound.get(name);
    if (!bound) {
      if (this.#occurs(name, type)) return 'unbound';
      this.#bind(name, type);
      return true;
    }
    if (isSameType(type, bound)) return true;
    if (!this.#agree(type, bound)) return false;
    const general = mostGeneral(type, bound);
    if (!this.#occurs(name, general)) this.#bind(name, general);
    return true;
  }

  /** Whether a parameter occurs in a type, itself or by what other parameters are bound to. */
  #occurs(name: string, within: Type): boolean {
    if (within.kind !== 'parameter')
      return partsOf(within).some((part) => this.#occurs(name, part));
    if (within.name === name) return true;
    const bound = this.#bound.get(within.name);
    return bound !== undefined && this.#occurs(name, bound);
  }
}
